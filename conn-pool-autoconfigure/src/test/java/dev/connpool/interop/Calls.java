package dev.connpool.interop;

import java.nio.charset.StandardCharsets;

import dev.connpool.settings.Protocol;
import dev.connpool.testing.Origin;
import dev.connpool.testing.TestClient;
import io.netty.buffer.Unpooled;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/**
 * The requests that are made of a server. It answers with the name of the method, or with
 * what was posted.
 *
 * @param client the client under test
 * @param server the server
 */
record Calls(TestClient client, Origin server) {

	private static final String BODY = "0123456789".repeat(200);

	Mono<String> get() {
		return this.client.get(this.server.url("/"));
	}

	/** A request that may be sent again only if the server did not begin with it. */
	Mono<String> post() {
		return post(this.client.httpClient());
	}

	/**
	 * A request with a body that may be sent again when its connection ends: on HTTP/2
	 * the server says that it did not begin with it, on HTTP/1.1 the caller says that it
	 * does no harm.
	 */
	Mono<String> replayablePost(Protocol protocol) {
		HttpClient http = this.client.httpClient();
		return post((protocol != Protocol.HTTP_1_1) ? http
				: http.headers((headers) -> headers.set("Idempotency-Key", "\"interop\"")));
	}

	private Mono<String> post(HttpClient http) {
		return http.post()
			.uri(this.server.url("/"))
			.send(Mono.fromSupplier(() -> Unpooled.copiedBuffer(BODY, StandardCharsets.US_ASCII)))
			.responseSingle((response, content) -> content.asString().defaultIfEmpty(""))
			.map((body) -> body.equals(BODY) ? "POST" : body);
	}

}
