package dev.connpool.actuate;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.http.HttpStatus;

/**
 * Thrown when an operation cannot be done as it was asked for.
 */
final class RefusedException extends InvalidEndpointRequestException {

	private final ProblemDescriptor problem;

	private RefusedException(HttpStatus status, String sentence) {
		super(sentence, sentence);
		this.problem = new ProblemDescriptor(status.getReasonPhrase(), status.value(), sentence);
	}

	static RefusedException notFound(@Nullable String sentence) {
		return new RefusedException(HttpStatus.NOT_FOUND, Objects.toString(sentence));
	}

	static RefusedException badRequest(@Nullable String sentence) {
		return new RefusedException(HttpStatus.BAD_REQUEST, Objects.toString(sentence));
	}

	/**
	 * Return why it was refused.
	 * @return the problem, for who asked
	 */
	ProblemDescriptor problem() {
		return this.problem;
	}

}
