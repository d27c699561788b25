package dev.connpool.sample.lab;

import dev.connpool.settings.ClientSettings;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The same requests on HTTP/1.1 and on HTTP/2, weighed at the server's sockets with TLS
 * and without the handshake.
 *
 * @param http1 what the HTTP/1.1 client is told
 * @param http2 what the HTTP/2 client is told
 * @param requests the number of requests on each
 */
record HeaderBytes(ClientSettings http1, ClientSettings http2, int requests) implements Experiment {

	static final String HTTP1 = "HTTP/1.1 bytes per request";

	static final String HTTP2 = "HTTP/2 bytes per request";

	private static final String TOKEN = "Bearer " + "eyJhbGciOiJFUzI1NiJ9.c2FtcGxl".repeat(8);

	private static final String COOKIE = "session=6f1c2a9e4b7d4c0f8a51d3e2b9c07f64; theme=dark; consent=2026-01-01; "
			+ "_region=eu-central-1; _variant=checkout-b";

	@Override
	public Mono<Void> run(Bench bench) {
		return weigh(bench, this.http1, HTTP1).then(Mono.defer(() -> weigh(bench, this.http2, HTTP2)));
	}

	private Mono<Void> weigh(Bench bench, ClientSettings settings, String detail) {
		WebClient client = bench.client(settings);
		Mono<Void> weighed = Mono.defer(() -> {
			long before = bench.backend().bytesReceived();
			return Flux.range(1, this.requests)
				.concatMap((number) -> send(bench, client, number))
				.then(Mono.fromRunnable(() -> bench.tally()
					.detail(detail, (bench.backend().bytesReceived() - before) / this.requests)));
		});
		return send(bench, client, 0).then(weighed);
	}

	private static Mono<Void> send(Bench bench, WebClient client, int number) {
		return bench.tally()
			.count(client.get()
				.uri("/fast")
				.headers((headers) -> typical(headers, number))
				.retrieve()
				.bodyToMono(String.class));
	}

	private static void typical(HttpHeaders headers, int number) {
		headers.set("authorization", TOKEN);
		headers.set("cookie", COOKIE);
		headers.set("user-agent", "sample-app/1.0 (conn-pool)");
		headers.set("accept", "application/json, text/plain;q=0.9, */*;q=0.1");
		headers.set("accept-language", "en-GB,en;q=0.9,de;q=0.5");
		headers.set("x-tenant", "a-tenant-with-a-name");
		headers.set("x-forwarded-for", "203.0.113.17, 198.51.100.4");
		headers.set("baggage", "user.tier=gold,deployment=blue");
		headers.set("traceparent", "00-%032x-%016x-01".formatted(0x4bf92f3577b34da6L * (number + 1), number));
		headers.set("x-request-id", "%016x".formatted(0x9e3779b97f4a7c15L * (number + 1)));
	}

}
