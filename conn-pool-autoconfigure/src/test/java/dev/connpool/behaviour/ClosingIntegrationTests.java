package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.error.ClientClosedException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Wire;
import io.netty.channel.EventLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Connections are closed on request without harm to exchanges (B9, B25, N1).
 */
class ClosingIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void closeIdleClosesEveryIdleConnectionAndNoOther(Wire wire) {
		Gate other = new Gate();
		TestServer server = wire.server().hold("/held", this.gate).hold("/other", other).start(this.network);
		TestClient client = this.network.client();
		Mono<List<String>> others = client.begin(server.url("/other"), 3);
		Mono<List<String>> calls = client.begin(server.url("/held"), 2);
		await().until(() -> server.arrivals().size() == 5);
		other.open();
		assertThat(others.block(PATIENCE)).hasSize(3);
		assertThat(client).connections(server, 0, 2, 3);
		client.pooled().closeIdle();
		assertThat(server).settlesAt(2);
		assertThat(client).connections(server, 0, 2, 0);
		assertThat(client.host(server).counters().closedByReason()).isEqualTo(Map.of("idle-closed", 3L));
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(2).containsOnly("held");
		assertThat(client).connections(server, 0, 0, 2);
		assertThat(server).acceptedConnections(5);
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void closeIdleLeavesAConnectionWithStreams(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client(wire.settings());
		Mono<List<String>> calls = client.begin(server.url("/held"), 2);
		await().until(() -> server.requests("/held") == 2);
		client.pooled().closeIdle();
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(2).containsOnly("held");
		assertThat(server).acceptedConnections(1);
		assertThat(client).connections(server, 0, 0, 1);
		client.pooled().closeIdle();
		assertThat(server).settlesAt(0);
		assertThat(client).holdsNothing();
	}

	@ParameterizedTest
	@EnumSource
	void closeIdleOfOneHostLeavesTheOthers(Wire wire) {
		TestServer closed = wire.server().start(this.network);
		TestServer kept = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		client.fetch(closed.url("/hello"));
		client.fetch(kept.url("/hello"));
		assertThat(client).connections(closed, 0, 0, 1).connections(kept, 0, 0, 1);
		client.pooled().closeIdle(closed.host());
		assertThat(closed).settlesAt(0);
		assertThat(client).connections(closed, 0, 0, 0).connections(kept, 0, 0, 1);
		assertThat(kept).openConnections(1);
	}

	@Test
	void closeIdleOfAnUnknownHostIsRefusedWithThoseThatAreKnown() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client();
		client.fetch(server.url("/hello"));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client.pooled().closeIdle("https://elsewhere.example:443"))
			.withMessage("Client '%s' has no connections to 'https://elsewhere.example:443'; it knows [%s]",
					TestClient.NAME, server.host());
	}

	@ParameterizedTest
	@EnumSource
	void aClientIsUsableAfterCloseIdle(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int round = 1; round <= 3; round++) {
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
			assertThat(client).connections(server, 0, 0, 1);
			client.pooled().closeIdle();
			assertThat(server).settlesAt(0).acceptedConnections(round);
		}
	}

	@ParameterizedTest
	@EnumSource
	void drainLetsExchangesFinishAndNewOnesUseAnotherConnection(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client(wire.settings());
		Mono<List<String>> calls = client.begin(server.url("/held"), 1);
		await().until(() -> server.requests("/held") == 1);
		client.pooled().drain(server.host());
		await().until(() -> client.host(server).connections().draining() == 1);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(2).openConnections(2);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsExactly("held");
		assertThat(server).settlesAt(1);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(2).openConnections(1);
		assertThat(client).connections(server, 0, 0, 1);
	}

	@ParameterizedTest
	@EnumSource
	void drainClosesIdleConnectionsAtOnce(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		client.fetch(server.url("/hello"));
		assertThat(client).connections(server, 0, 0, 1);
		client.pooled().drain(server.host());
		assertThat(server).settlesAt(0);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(2);
	}

	@Test
	void drainConcernsOneHostOnly() {
		TestServer drained = TestServer.h1().start(this.network);
		TestServer other = TestServer.h1().start(this.network);
		TestClient client = this.network.client();
		client.fetch(drained.url("/hello"));
		client.fetch(other.url("/hello"));
		client.pooled().drain(drained.host());
		assertThat(drained).settlesAt(0);
		assertThat(client.host(drained).counters().closedByReason()).isEqualTo(Map.of("drained", 1L));
		assertThat(client.fetch(other.url("/hello"))).isEqualTo("hello");
		assertThat(other).acceptedConnections(1).openConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void shutdownWaitsForTheLastExchangeAndRefusesNewOnes(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client(wire.settings());
		Mono<List<String>> calls = client.begin(server.url("/held"), 2);
		await().until(() -> server.requests("/held") == 2);
		Mono<Boolean> shutdown = client.pooled().shutdown().thenReturn(true).cache();
		shutdown.subscribe();
		Failure refused = Failure.of(client.get(server.url("/hello")));
		assertThat(refused.error()).isInstanceOf(ClientClosedException.class);
		assertThat(refused.message()).contains(TestClient.NAME, server.host());
		await().during(Duration.ofMillis(200)).until(() -> shutdown.toFuture().getNow(false), (over) -> !over);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(2).containsOnly("held");
		assertThat(shutdown.block(PATIENCE)).isTrue();
		assertThat(server).settlesAt(0);
		assertThat(server.requests("/hello")).isZero();
		assertThat(client).holdsNothing();
	}

	@ParameterizedTest
	@EnumSource
	void shutdownOfAnIdleClientClosesItsConnections(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		client.fetch(server.url("/hello"));
		assertThat(client.pooled().shutdown().thenReturn(true).block(PATIENCE)).isTrue();
		assertThat(server).settlesAt(0);
		assertThat(Failure.of(client.get(server.url("/hello"))).error()).isInstanceOf(ClientClosedException.class);
	}

	@Test
	void shutdownOfAnUnusedClientCompletes() {
		TestClient client = this.network.client();
		assertThat(client.pooled().shutdown().thenReturn(true).block(PATIENCE)).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void closeEndsRunningExchangesAndWaitingCallers(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).maxConcurrentStreams(1).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).maxConnectionsPerHost(1));
		Mono<List<String>> calls = client.begin(server.url("/held"), 3);
		await().until(() -> server.requests("/held") == 1);
		client.pooled().close();
		assertThat(Failure.of(calls).error()).isNotNull();
		assertThat(server).settlesAt(0);
		assertThat(client).holdsNothing();
		assertThat(Failure.of(client.get(server.url("/hello"))).error()).isInstanceOf(ClientClosedException.class);
	}

	// A container may stop what it shares before what shares it
	@ParameterizedTest
	@EnumSource
	void aClientWhoseEventLoopsAreStoppedRefusesRequests(Wire wire) {
		TestServer server = wire.server().start(this.network);
		LoopResources loops = LoopResources.create("stopped", 1, true);
		PooledHttpClient client = client(wire.settings().apply(new TestSettings()), loops);
		assertThat(get(client, server.url("/hello")).block(PATIENCE)).isEqualTo("hello");
		loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
		assertRefuses(client, server);
	}

	@ParameterizedTest
	@EnumSource
	void aClientWhoseEventLoopsAreStoppedWhileTheyRunTasksRefusesRequests(Wire wire) {
		TestServer server = wire.server().start(this.network);
		LoopResources loops = LoopResources.create("stopped", 1, true);
		PooledHttpClient client = client(wire.settings().apply(new TestSettings()), loops);
		assertThat(get(client, server.url("/hello")).block(PATIENCE)).isEqualTo("hello");
		stopWhileTheyRunTasks(loops);
		await().untilAsserted(() -> assertThat(client.snapshot().hosts().values()).singleElement()
			.satisfies((host) -> assertThat(host.counters().closedByReason()).containsOnlyKeys("shutdown")));
		assertRefuses(client, server);
	}

	@ParameterizedTest
	@EnumSource
	void stoppedEventLoopsEndRunningExchangesAndWaitingCallers(Wire wire) {
		assertEndsAll(wire, (loops) -> loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE));
	}

	@ParameterizedTest
	@EnumSource
	void eventLoopsThatAreStoppedWhileTheyRunTasksEndRunningExchangesAndWaitingCallers(Wire wire) {
		assertEndsAll(wire, ClosingIntegrationTests::stopWhileTheyRunTasks);
	}

	private void assertEndsAll(Wire wire, Consumer<LoopResources> stop) {
		TestServer server = wire.server().hold("/held", this.gate).maxConcurrentStreams(1).start(this.network);
		LoopResources loops = LoopResources.create("stopped", 1, true);
		PooledHttpClient client = client(wire.settings().apply(new TestSettings()).maxConnectionsPerHost(1), loops);
		Mono<List<Failure>> calls = Mono.fromCallable(() -> Failure.ofAll(get(client, server.url("/held")), 3))
			.subscribeOn(Schedulers.boundedElastic())
			.cache();
		calls.subscribe();
		await().until(() -> client.snapshot().hosts().values().stream().anyMatch((host) -> host.pendingAcquires() == 2)
				&& server.requests("/held") == 1);
		stop.accept(loops);
		assertThat(calls.block(PATIENCE)).hasSize(3)
			.allSatisfy((failure) -> assertThat(failure.error()).isInstanceOf(ClientClosedException.class));
		assertRefuses(client, server);
	}

	@Test
	void whoStoppedTheEventLoopsIsNotSaidToBeTheClient() {
		TestServer server = TestServer.h1().start(this.network);
		LoopResources loops = LoopResources.create("stopped", 1, true);
		PooledHttpClient client = client(new TestSettings(), loops);
		assertThat(get(client, server.url("/hello")).block(PATIENCE)).isEqualTo("hello");
		loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
		assertThat(Failure.of(get(client, server.url("/hello"))).message())
			.contains("the event loops that the client runs on have been stopped");
		client.close();
		assertThat(Failure.of(get(client, server.url("/hello"))).message())
			.contains("has been shut down with its application context");
	}

	private static PooledHttpClient client(TestSettings settings, LoopResources loops) {
		return new PooledHttpClient(TestClient.NAME, settings.build(), TestCertificate.LOOPBACK.trusted(), loops);
	}

	private static Mono<String> get(PooledHttpClient client, String url) {
		return client.httpClient().get().uri(url).responseContent().aggregate().asString();
	}

	// Netty does not close their channels then
	private static void stopWhileTheyRunTasks(LoopResources loops) {
		EventLoop eventLoop = loops.onClient(true).next();
		eventLoop.execute(() -> loops.disposeLater(Duration.ZERO, PATIENCE).subscribe());
		assertThat(eventLoop.terminationFuture().awaitUninterruptibly(PATIENCE.toMillis())).isTrue();
	}

	private static void assertRefuses(PooledHttpClient client, TestServer server) {
		for (int request = 0; request < 3; request++) {
			Failure refused = Failure.of(get(client, server.url("/hello")).timeout(Duration.ofSeconds(2)));
			assertThat(refused.error()).isInstanceOf(ClientClosedException.class);
			assertThat(refused.message()).contains(TestClient.NAME, server.host());
		}
		assertThat(server).settlesAt(0);
		assertThat(client.snapshot().hosts().get(server.host()).connections().total()).isZero();
		assertThat(client.shutdown().thenReturn(true).block(PATIENCE)).isTrue();
	}

}
