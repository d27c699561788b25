package dev.connpool.interop;

import java.nio.charset.StandardCharsets;

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

	/** A request with a body whose caller says that it does no harm to send it again. */
	Mono<String> keyedPost() {
		return post(this.client.httpClient().headers((headers) -> headers.set("Idempotency-Key", "\"interop\"")));
	}

	private Mono<String> post(HttpClient http) {
		return http.post()
			.uri(this.server.url("/"))
			.send(Mono.fromSupplier(() -> Unpooled.copiedBuffer(BODY, StandardCharsets.US_ASCII)))
			.responseSingle((response, content) -> content.asString().defaultIfEmpty(""))
			.map((body) -> body.equals(BODY) ? "POST" : body);
	}

}
