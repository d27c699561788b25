package dev.connpool.actuate;

import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.security.web.csrf.CsrfToken;

/**
 * Hands the live page the token that Spring Security wants to see with a change, wherever
 * that is kept. The page asks for it when it is about to change something, so that nobody
 * else is given a session for it. What is used on a servlet container and what is not is
 * only loaded where there is a token.
 */
final class CsrfHeaders {

	static final String TOKEN = "X-CSRF-TOKEN";

	static final String HEADER = "X-CSRF-HEADER";

	private CsrfHeaders() {
	}

	/**
	 * Tell whether a request asks for a token.
	 * @param header the value of its header {@link #TOKEN}
	 * @return whether it does
	 */
	static boolean areWanted(@Nullable String header) {
		return "fetch".equalsIgnoreCase(header);
	}

	static void write(CsrfToken token, BiConsumer<String, String> headers) {
		headers.accept(HEADER, token.getHeaderName());
		headers.accept(TOKEN, token.getToken());
	}

	static Mono<Void> write(Mono<?> token, BiConsumer<String, String> headers) {
		return token.cast(org.springframework.security.web.server.csrf.CsrfToken.class).doOnNext((found) -> {
			headers.accept(HEADER, found.getHeaderName());
			headers.accept(TOKEN, found.getToken());
		}).then();
	}

}
