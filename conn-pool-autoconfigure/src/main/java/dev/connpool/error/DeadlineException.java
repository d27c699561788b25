package dev.connpool.error;

import java.time.Duration;

import dev.connpool.settings.Durations;

/**
 * Base of all errors raised because a deadline passed.
 */
public abstract class DeadlineException extends ConnPoolException {

	private final Duration deadline;

	DeadlineException(String client, String host, Duration deadline, String message) {
		super(client, host, message, null);
		this.deadline = deadline;
	}

	/**
	 * Return the deadline that passed.
	 * @return the configured duration
	 */
	public Duration deadline() {
		return this.deadline;
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		// Raised by a timer: the stack would only show the event loop.
		return this;
	}

	static String text(Duration duration) {
		return Durations.exact(duration);
	}

}
