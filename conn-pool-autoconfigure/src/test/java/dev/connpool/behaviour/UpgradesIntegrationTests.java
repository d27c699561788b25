package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;

import dev.connpool.error.StreamIdleTimeoutException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a request was upgraded to has left it (B13). On HTTP/2 a WebSocket is a stream
 * (RFC 8441), which needs a connection whose SETTINGS have arrived.
 */
class UpgradesIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration DEADLINE = Duration.ofMillis(400);

	private static final Flux<String> TICKS = Flux.interval(Duration.ZERO, Duration.ofMillis(100))
		.map((tick) -> "tick");

	@RegisterExtension
	final Network network = new Network();

	@ParameterizedTest
	@EnumSource
	void aWebSocketOutlivesTheTotal(Wire wire) {
		TestServer server = serving(wire, TICKS.take(10));
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).request(DEADLINE));
		client.fetch(server.url("/hello"));
		assertThat(frames(client, server).block(PATIENCE)).hasSize(10);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client).connections(server, 0, 0, 1).activeStreams(server, 0);
	}

	@ParameterizedTest
	@EnumSource
	void aWebSocketMayBeSilentOnlySoLong(Wire wire) {
		TestServer server = serving(wire, TICKS.take(1).concatWith(Flux.never()));
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).streamIdle(DEADLINE));
		client.fetch(server.url("/hello"));
		Failure failure = Failure.of(frames(client, server));
		assertThat(failure.error()).isInstanceOf(StreamIdleTimeoutException.class);
	}

	private TestServer serving(Wire wire, Flux<String> frames) {
		return wire.server()
			.route("/ws", (request, response) -> response.sendWebsocket((in, out) -> out.sendString(frames)))
			.start(this.network);
	}

	private static Mono<List<String>> frames(TestClient client, TestServer server) {
		return client.httpClient()
			.websocket()
			.uri(server.url("/ws").replaceFirst("^http", "ws"))
			.receive()
			.asString()
			.collectList();
	}

}
