package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.connpool.settings.Protocol;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Servers that change their mind about a connection while it is used (B18, B26, B35).
 */
@Transport.Each
class RestlessServersIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@RegisterExtension
	final Network network;

	RestlessServersIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@RepeatedTest(3)
	void noGetFailsAtAServerThatClosesIdleConnectionsAtRandom() {
		long seed = System.nanoTime();
		AtomicInteger connections = new AtomicInteger();
		RawServer server = RawServer.start(this.network, (connection) -> {
			Random random = new Random(seed + connections.incrementAndGet());
			while (connection.readHead() != null) {
				connection.write(OK);
				if (random.nextInt(10) == 0) {
					// Somewhere between at once and the next request.
					LockSupport.parkNanos(random.nextInt(2_000_000));
					connection.close();
					return;
				}
			}
		});
		TestClient client = this.network.client();
		List<String> answers = Flux.range(0, 1000)
			.flatMap((number) -> client.get(server.url("/" + number)), 8)
			.collectList()
			.block(PATIENCE);
		assertThat(answers).as("seed %d", seed).hasSize(1000).containsOnly("ok");
		assertThat(client.host(server).counters().replaysByReason().keySet()).isSubsetOf("connection-lost",
				"not-written");
	}

	@Test
	void streamsThatAreNoLongerAllowedAreOpenedOnAnotherConnection() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		Gate lowered = new Gate();
		server.onRequest(1).allowsStreams(0).answers().opens(lowered);
		TestClient client = this.network.client();
		client.fetch(server.url("/first"));
		lowered.await();
		await().until(() -> client.host(server).streams().limit() == 0);
		assertThat(client.fetchTogether(server.url("/others"), 10)).hasSize(10);
		assertThat(server).acceptedConnections(2);
	}

	@Test
	void streamsThatAreAllowedAgainAreOpenedWhereCallersWait() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		Gate raise = new Gate();
		server.onConnection(1).allowsStreams(1);
		server.onRequest(1).waitsFor(raise).allowsStreams(100).answers();
		Gate together = new Gate();
		server.onEveryRequest().waitsFor(together).answers();
		TestClient client = this.network.client((settings) -> settings.strictMaxConcurrentStreams());
		Mono<List<String>> first = client.begin(server.url("/first"), 1);
		await().until(() -> client.host(server).streams().limit() == 1);
		Mono<List<String>> others = client.begin(server.url("/others"), 20);
		assertThat(client).pending(server, 20);
		raise.open();
		assertThat(client).pending(server, 0).activeStreams(server, 20);
		together.open();
		assertThat(others.block(PATIENCE)).hasSize(20);
		assertThat(first.block(PATIENCE)).hasSize(1);
		assertThat(server).acceptedConnections(1);
	}

	@Test
	void aCallerTakesTheConnectionThatIsFreeFirst() {
		Gate answer = new Gate();
		Gate handshake = new Gate();
		AtomicInteger connections = new AtomicInteger();
		RawServer server = RawServer.tls(this.network, (connection) -> {
			boolean first = connections.incrementAndGet() == 1;
			if (!first) {
				connection.waitFor(handshake);
			}
			while (connection.readHead() != null) {
				connection.waitFor(answer);
				connection.write(OK);
			}
		}, "http/1.1");
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.HTTP_1_1));
		Mono<List<String>> first = client.begin(server.url("/first"), 1);
		await().until(() -> client.host(server).connections().active() == 1);
		Mono<List<String>> second = client.begin(server.url("/second"), 1);
		await().until(() -> client.host(server).connections().handshaking() == 1);
		answer.open();
		assertThat(first.block(PATIENCE)).containsOnly("ok");
		assertThat(second.block(PATIENCE)).containsOnly("ok");
		assertThat(client.host(server).connections().handshaking()).isOne();
		handshake.open();
		assertThat(client).connections(server, 0, 0, 2);
	}

}
