package dev.connpool.autoconfigure;

import java.util.Objects;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * Keeps the {@link HttpClient} at the end of a builder, which has no getter for it.
 */
final class CapturedClient implements UnaryOperator<HttpClient> {

	private final UnaryOperator<HttpClient> last;

	private @Nullable HttpClient httpClient;

	CapturedClient(UnaryOperator<HttpClient> last) {
		this.last = last;
	}

	@Override
	public HttpClient apply(HttpClient built) {
		HttpClient result = this.last.apply(built);
		this.httpClient = result;
		return result;
	}

	HttpClient get() {
		return Objects.requireNonNull(this.httpClient);
	}

}
