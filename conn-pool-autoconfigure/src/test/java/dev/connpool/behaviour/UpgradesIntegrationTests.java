package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;

import dev.connpool.error.StreamIdleTimeoutException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestServerBuilder;
import dev.connpool.testing.Wire;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a request was upgraded to has left it (B13), and HTTP. On HTTP/2 a WebSocket is a
 * stream (RFC 8441), which needs a connection whose SETTINGS have arrived.
 */
class UpgradesIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration DEADLINE = Duration.ofMillis(400);

	private static final int STREAMS = 50;

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

	// The server says once that it knows WebSockets, and later something else
	@Test
	void aWebSocketIsPossibleAfterOtherSettings() {
		Gate told = new Gate();
		TestServer server = serving(Wire.H2C.server().route("/settings", (request, response) -> {
			request.withConnection((stream) -> tell(stream.channel().parent()));
			return response.sendString(told.opened().thenReturn("told"));
		}), TICKS.take(1));
		TestClient client = this.network.client(Wire.H2C.settings());
		Mono<String> telling = client.get(server.url("/settings")).cache();
		telling.subscribe();
		await().until(() -> client.host(server).streams().limit() == STREAMS);
		told.open();
		assertThat(telling.block(PATIENCE)).isEqualTo("told");
		assertThat(frames(client, server).block(PATIENCE)).hasSize(1);
	}

	private static void tell(Channel connection) {
		connection.writeAndFlush(new DefaultHttp2SettingsFrame(new Http2Settings().maxConcurrentStreams(STREAMS)));
	}

	@Test
	void noRequestFollowsThroughATunnel() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			boolean tunnel = connection.readHead().startsWith("CONNECT");
			connection.write(tunnel ? "HTTP/1.1 200 OK\r\n\r\n" : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
		});
		TestClient client = this.network.client();
		client.httpClient().request(HttpMethod.CONNECT).uri(server.url("/tunnel")).response().block(PATIENCE);
		assertThat(client.fetch(server.url("/plain"))).isEqualTo("ok");
		assertThat(server).acceptedConnections(2);
	}

	private TestServer serving(Wire wire, Flux<String> frames) {
		return serving(wire.server(), frames);
	}

	private TestServer serving(TestServerBuilder server, Flux<String> frames) {
		return server.route("/ws", (request, response) -> response.sendWebsocket((in, out) -> out.sendString(frames)))
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
