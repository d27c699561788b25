package dev.connpool.interop;

import dev.connpool.testing.Origin;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestRequest;
import reactor.core.publisher.Mono;

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
		return named(request());
	}

	/** A request with a body whose caller says that it does no harm to send it again. */
	Mono<String> keyedPost() {
		return named(request().header("Idempotency-Key", "\"interop\""));
	}

	private TestRequest request() {
		return this.client.request("POST", this.server.url("/")).body(BODY);
	}

	private static Mono<String> named(TestRequest request) {
		return request.text().map((body) -> body.equals(BODY) ? "POST" : body);
	}

}
