package dev.connpool.sample.backend;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * What the backend answers.
 */
final class BackendRoutes implements Consumer<HttpServerRoutes> {

	private static final byte[] CHUNK = new byte[64 * 1024];

	private static final int CHUNKS = 160;

	private static final Pattern MILLIS = Pattern.compile("[0-9]{1,5}");

	private static final Duration EVENT_INTERVAL = Duration.ofMillis(200);

	@Override
	public void accept(HttpServerRoutes routes) {
		routes.get("/fast", (request, response) -> response.sendString(Mono.just("ok")))
			.get("/slow/{millis}", BackendRoutes::slow)
			.get("/trickle/{millis}", BackendRoutes::trickle)
			.get("/large", (request, response) -> large(response))
			.get("/stream", (request, response) -> stream(response))
			.get("/fail", (request, response) -> response.status(500).sendString(Mono.just("failed on purpose")));
	}

	private static Publisher<Void> slow(HttpServerRequest request, HttpServerResponse response) {
		return Mono.delay(millis(request)).then(response.sendString(Mono.just("slow")).then());
	}

	private static Publisher<Void> trickle(HttpServerRequest request, HttpServerResponse response) {
		Mono<String> rest = Mono.delay(millis(request)).thenReturn("end");
		return sendNow(response, Flux.concat(Mono.just("begin "), rest));
	}

	private static Publisher<Void> large(HttpServerResponse response) {
		return response.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(CHUNKS * CHUNK.length))
			.send(Flux.range(0, CHUNKS).map((chunk) -> Unpooled.wrappedBuffer(CHUNK)));
	}

	private static Publisher<Void> stream(HttpServerResponse response) {
		return sendNow(response.sse(),
				Flux.interval(EVENT_INTERVAL).onBackpressureDrop().map("data: %d\n\n"::formatted));
	}

	private static Publisher<Void> sendNow(HttpServerResponse response, Flux<String> parts) {
		return response.send(ByteBufFlux.fromString(parts), (part) -> true);
	}

	private static Duration millis(HttpServerRequest request) {
		Matcher millis = MILLIS.matcher(String.valueOf(request.param("millis")));
		return millis.matches() ? Duration.ofMillis(Long.parseLong(millis.group())) : Duration.ZERO;
	}

}
