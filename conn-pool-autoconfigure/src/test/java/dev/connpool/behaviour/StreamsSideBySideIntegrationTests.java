package dev.connpool.behaviour;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.connpool.connector.DirectConnector;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawFrame;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Streams of both transports share a connection at the same time: those of Reactor Netty
 * have a channel each, the others have none.
 */
class StreamsSideBySideIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int EACH = 10;

	private static final int PART = 1 << 14;

	private static final int SIZE = 8 << 20;

	@RegisterExtension
	final Network network = new Network(Transport.REACTOR_NETTY);

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void requestsOfBothAreUnderWayOnOneConnection(Wire wire) {
		Gate gate = new Gate();
		TestServer server = wire.server().hold("/held", gate).start(this.network);
		TestClient client = this.network.client(wire.settings());
		client.fetch(server.url("/hello"));
		Mono<List<String>> bodies = Flux
			.merge(Flux.range(0, EACH).flatMap((number) -> client.get(server.url("/held"))),
					Flux.range(0, EACH).flatMap((number) -> direct(client, server.url("/held"))))
			.collectList();
		Mono<List<String>> under = bodies.cache();
		under.subscribe();
		await().atMost(PATIENCE).until(() -> server.requests("/held") == 2 * EACH);
		gate.open();
		assertThat(under.block(PATIENCE)).hasSize(2 * EACH);
		assertThat(server).acceptedConnections(1);
		assertThat(server.arrivals().stream().map(TestServer.Arrival::connection).distinct()).hasSize(1);
	}

	// The socket is full again and again, which all streams are told of.
	@Test
	void uploadsOfBothTakeTurns() {
		TestServer server = Wire.H2C.server().upload("/upload").start(this.network);
		TestClient client = this.network.client(Wire.H2C.settings());
		client.fetch(server.url("/hello"));
		Mono<String> reactor = client.request("POST", server.url("/upload"))
			.send(Flux.range(0, SIZE / PART).map((number) -> Unpooled.directBuffer(PART).writeZero(PART)))
			.text();
		Mono<String> direct = webClient(client).post()
			.uri(server.url("/upload"))
			.body(BodyInserters.fromDataBuffers(Flux.range(0, SIZE / PART)
				.map((number) -> DefaultDataBufferFactory.sharedInstance.wrap(new byte[PART]))))
			.retrieve()
			.bodyToMono(String.class);
		List<String> sizes = Flux.merge(reactor, direct, reactor, direct).collectList().block(PATIENCE);
		assertThat(sizes).hasSize(4).containsOnly(String.valueOf(SIZE));
		assertThat(server).acceptedConnections(1);
	}

	@Test
	void bothAreFinishedAfterGoAway() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2("");
			List<Integer> streams = IntStream.range(0, 2).mapToObj((number) -> headers(connection)).toList();
			connection.write(RawFrame.of(RawFrame.GOAWAY, 0, 0, RawFrame.number(streams.get(1)) + RawFrame.number(0)));
			for (int stream : streams) {
				connection.write(RawFrame.headers(stream, 0, ":status", "200")
						+ RawFrame.data(stream, RawFrame.END_STREAM, "finished"));
			}
			connection.awaitClose();
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		List<String> bodies = Flux.merge(client.get(server.url("/")), direct(client, server.url("/")))
			.collectList()
			.block(PATIENCE);
		assertThat(bodies).containsExactly("finished", "finished");
		assertThat(server).acceptedConnections(1);
	}

	private static int headers(RawConnection connection) {
		try {
			RawFrame frame = connection.readFrame();
			while (frame.type() != RawFrame.HEADERS) {
				frame = connection.readFrame();
			}
			return frame.stream();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void theEndOfTheConnectionEndsBoth() {
		Gate gate = new Gate();
		TestServer server = Wire.H2C.server().hold("/held", gate).start(this.network);
		TestClient client = this.network.client(Wire.H2C.settings());
		client.fetch(server.url("/hello"));
		Mono<List<Throwable>> errors = Flux
			.merge(client.post(server.url("/held"), "body").then(Mono.<Throwable>empty()).onErrorResume(Mono::just),
					webClient(client).post()
						.uri(server.url("/held"))
						.bodyValue("body")
						.retrieve()
						.bodyToMono(String.class)
						.then(Mono.<Throwable>empty())
						.onErrorResume(Mono::just))
			.collectList()
			.cache();
		errors.subscribe();
		await().atMost(PATIENCE).until(() -> server.requests("/held") == 2);
		server.closeConnections();
		assertThat(errors.block(PATIENCE)).hasSize(2);
		gate.open();
	}

	private static Mono<String> direct(TestClient client, String url) {
		return webClient(client).get().uri(url).retrieve().bodyToMono(String.class);
	}

	private static WebClient webClient(TestClient client) {
		return WebClient.builder().clientConnector(new DirectConnector(client.httpClient())).build();
	}

}
