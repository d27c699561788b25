package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestServer.Arrival;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections are dialled late and used again (B1 to B4, B10).
 */
@Transport.Each
class ReuseIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Network network;

	ReuseIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	// B1
	@Test
	void creatingAClientOpensNoConnection() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client();
		Mono<String> call = client.get(server.url("/hello"));
		await().during(Duration.ofMillis(100)).until(() -> server.connections().accepted() == 0);
		assertThat(client.pooled().snapshot().hosts()).isEmpty();
		assertThat(call.block(PATIENCE)).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
	}

	// B2: blocking callers come back as soon as completion is signalled
	@ParameterizedTest
	@EnumSource
	void sequentialRequestsShareOneConnection(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int request = 0; request < 50; request++) {
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		}
		assertThat(server).acceptedConnections(1);
		assertThat(server.protocols()).containsExactly(wire.protocol());
		assertThat(client).connections(server, 0, 0, 1);
		assertThat(client.host(server).counters().acquired()).isEqualTo(50);
		assertThat(client.host(server).counters().reused()).isEqualTo(49);
	}

	// B2: the next call is made from within the completion of the last
	@ParameterizedTest
	@EnumSource
	void chainedRequestsShareOneConnection(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		Flux.range(0, 50).concatMap((number) -> client.get(server.url("/hello")), 0).blockLast(PATIENCE);
		assertThat(server).acceptedConnections(1);
	}

	// B2: a response without a body ends with its header
	@ParameterizedTest
	@EnumSource
	void requestsWithoutResponseBodyShareOneConnection(Wire wire) {
		TestServer server = wire.server()
			.route("/empty", (request, response) -> response.status(204).send())
			.start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int request = 0; request < 20; request++) {
			assertThat(client.fetch(server.url("/empty"))).isEmpty();
		}
		assertThat(server).acceptedConnections(1);
	}

	// B2
	@Test
	void theMostRecentlyUsedConnectionIsUsedFirst() {
		Gate first = new Gate();
		Gate second = new Gate();
		Gate third = new Gate();
		TestServer server = TestServer.h1().hold("/1", first).hold("/2", second).hold("/3", third).start(this.network);
		TestClient client = this.network.client();
		List<Mono<String>> calls = IntStream.rangeClosed(1, 3).mapToObj((number) -> {
			Mono<String> call = client.get(server.url("/" + number)).cache();
			call.subscribe();
			await().until(() -> server.requests("/" + number) == 1);
			return call;
		}).toList();
		finish(first, calls.get(0), client, server, 1);
		finish(third, calls.get(2), client, server, 2);
		finish(second, calls.get(1), client, server, 3);
		for (int request = 0; request < 5; request++) {
			client.fetch(server.url("/hello"));
			assertThat(client).connections(server, 0, 0, 3);
		}
		String mostRecentlyUsed = connectionOf(server, "/2");
		assertThat(server.arrivals()).filteredOn((arrival) -> arrival.path().equals("/hello"))
			.extracting(Arrival::connection)
			.containsOnly(mostRecentlyUsed);
	}

	// B3
	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void tenBlockingCallersUseAtMostTenConnections(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client();
		for (int round = 0; round < 5; round++) {
			Flux.range(0, 10)
				.flatMap((caller) -> Mono.fromRunnable(() -> fetchTenTimes(client, server))
					.subscribeOn(Schedulers.boundedElastic()), 10)
				.blockLast(PATIENCE);
		}
		assertThat(server).acceptedAtMost(10);
	}

	// B3
	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void tenReactiveCallersUseAtMostTenConnections(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client();
		for (int round = 0; round < 5; round++) {
			Flux.range(0, 10)
				.flatMap((caller) -> client.get(server.url("/hello")).repeat(9), 10)
				.as((bodies) -> assertThat(bodies.collectList().block(PATIENCE)))
				.hasSize(100);
		}
		assertThat(server).acceptedAtMost(10);
	}

	// B4
	@Test
	void aConnectionTheServerWantsClosedIsNotUsedAgain() {
		RawServer server = RawServer.answering(this.network,
				"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
		TestClient client = this.network.client();
		for (int request = 1; request <= 3; request++) {
			assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
			assertThat(server).settlesAt(0).acceptedConnections(request);
		}
		assertThat(client).holdsNothing();
	}

	// B4
	@ParameterizedTest
	@EnumSource
	void withoutKeepAliveEveryExchangeHasItsOwnConnection(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).keepAlive(false));
		for (int request = 1; request <= 3; request++) {
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
			assertThat(server).settlesAt(0).acceptedConnections(request);
		}
		assertThat(client).holdsNothing();
	}

	// B4: the server may not do what it is asked for
	@Test
	void withoutKeepAliveTheClientCloses() {
		RawServer server = RawServer.answering(this.network, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
		TestClient client = this.network.client((settings) -> settings.keepAlive(false));
		for (int request = 1; request <= 3; request++) {
			assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
			assertThat(server).settlesAt(0).acceptedConnections(request);
		}
	}

	@ParameterizedTest
	@EnumSource
	void oneHostMayKeepWhatOthersDoNot(Wire wire) {
		TestServer kept = wire.server().start(this.network);
		TestServer other = wire.server().start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings()
			.apply(settings)
			.keepAlive(false)
			.host(authority(kept), (host) -> host.keepAlive(true)));
		for (int request = 1; request <= 3; request++) {
			assertThat(client.fetch(kept.url("/hello"))).isEqualTo("hello");
			assertThat(client.fetch(other.url("/hello"))).isEqualTo("hello");
			assertThat(other).settlesAt(0).acceptedConnections(request);
		}
		assertThat(kept).acceptedConnections(1).openConnections(1);
	}

	@Test
	void oneHostMayBeToldThatNothingFollows() {
		Queue<String> heads = new ConcurrentLinkedQueue<>();
		RawServer server = RawServer.start(this.network, (connection) -> {
			heads.add(Objects.requireNonNull(connection.readHead()));
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
		});
		TestClient client = this.network
			.client((settings) -> settings.host(authority(server), (host) -> host.keepAlive(false)));
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThat(server).settlesAt(0);
		assertThat(heads).singleElement().asString().containsIgnoringCase("\r\nconnection: close\r\n");
	}

	private static String authority(ObservedServer server) {
		return ObservedServer.HOST + ":" + server.port();
	}

	// B10
	@ParameterizedTest
	@EnumSource
	void aConnectionTheServerClosedWhileIdleIsGoneAtOnce(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		client.fetch(server.url("/hello"));
		assertThat(client).connections(server, 0, 0, 1);
		server.closeConnections();
		assertThat(client).holdsNothing();
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(2);
	}

	// An answer nobody asked for must not become the answer to the next question
	@Test
	void anUnsolicitedResponseIsNeverDelivered() {
		Gate gate = new Gate();
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
			connection.waitFor(gate);
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
			if (connection.readHead() != null) {
				connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
			}
		});
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/1"))).isEqualTo("good");
		assertThat(client).connections(server, 0, 0, 1);
		gate.open();
		assertThat(client).holdsNothing();
		assertThat(client.fetch(server.url("/2"))).isEqualTo("good");
	}

	private static void fetchTenTimes(TestClient client, TestServer server) {
		for (int request = 0; request < 10; request++) {
			client.fetch(server.url("/hello"));
		}
	}

	private static void finish(Gate gate, Mono<String> call, TestClient client, TestServer server, int idle) {
		gate.open();
		assertThat(call.block(PATIENCE)).isEqualTo("held");
		assertThat(client).connections(server, 0, 3 - idle, idle);
	}

	private static String connectionOf(TestServer server, String path) {
		return server.arrivals()
			.stream()
			.filter((arrival) -> arrival.path().equals(path))
			.findFirst()
			.orElseThrow()
			.connection();
	}

}
