package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.connpool.error.AcquireTimeoutException;
import dev.connpool.error.DeadlineException;
import dev.connpool.error.PendingAcquiresFullException;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestServer.Arrival;
import dev.connpool.testing.Wire;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The limit of a host holds, and callers wait at it in order (B5).
 */
class LimitsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void callersBeyondTheLimitWait(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(2));
		Mono<List<String>> calls = client.begin(server.url("/held"), 5);
		await().until(() -> server.requests("/held") == 2);
		assertThat(client).connections(server, 0, 2, 0).pending(server, 3);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(5).containsOnly("held");
		assertThat(server).acceptedConnections(2);
		assertThat(client).connections(server, 0, 0, 2).pending(server, 0);
	}

	@Test
	void connectionsBeingOpenedCount() {
		RawServer server = RawServer.silent(this.network, "https");
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.HTTP_1_1)
			.maxConnectionsPerHost(2)
			.tlsHandshake(Duration.ofSeconds(2)));
		Disposable waiting = Flux.range(0, 5)
			.flatMap((number) -> client.get(server.url("/")))
			.onErrorComplete()
			.subscribe();
		assertThat(server).settlesAt(2);
		assertThat(client).connections(server, 2, 0, 0).pending(server, 5);
		assertThat(server).neverMoreThan(2);
		waiting.dispose();
	}

	@Test
	void idleConnectionsCount() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(2));
		client.fetch(server.url("/hello"));
		assertThat(client).connections(server, 0, 0, 1);
		Mono<List<String>> calls = client.begin(server.url("/held"), 4);
		assertThat(client).connections(server, 0, 2, 0).pending(server, 2);
		this.gate.open();
		calls.block(PATIENCE);
		assertThat(server).acceptedConnections(2);
	}

	@Test
	void callersAreServedInTheOrderTheyCame() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1));
		List<Mono<String>> calls = IntStream.range(0, 20).mapToObj((number) -> {
			Mono<String> call = client.get(server.url("/held?" + number)).cache();
			call.subscribe();
			assertThat(client).pending(server, number);
			return call;
		}).toList();
		this.gate.open();
		Flux.merge(calls).blockLast(PATIENCE);
		assertThat(server.arrivals()).extracting(Arrival::uri)
			.containsExactlyElementsOf(IntStream.range(0, 20).mapToObj((number) -> "/held?" + number).toList());
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void aCallerThatFindsTheQueueFullIsRefusedAtOnce(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(3).maxPendingAcquires(7));
		Mono<List<String>> calls = client.begin(server.url("/held"), 10);
		assertThat(client).connections(server, 0, 3, 0).pending(server, 7);
		Failure failure = Failure.of(client.get(server.url("/held")));
		assertThat(failure.error()).isInstanceOf(PendingAcquiresFullException.class);
		assertThat(failure.after()).isLessThan(Duration.ofSeconds(1));
		assertThat(failure.message()).contains(TestClient.NAME, server.host(), "limit is 7",
				TestClient.property("pool.max-connections-per-host"), TestClient.property("pool.max-pending-acquires"));
		assertThat(state(failure, server)).containsPattern("\\b3\\b").containsPattern("\\b7\\b");
		assertThat(client).pending(server, 7);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(10).containsOnly("held");
	}

	@Test
	void withoutAQueueACallerAtTheLimitIsRefusedAtOnce() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1).maxPendingAcquires(0));
		Mono<List<String>> calls = client.begin(server.url("/held"), 1);
		await().until(() -> server.requests("/held") == 1);
		Failure failure = Failure.of(client.get(server.url("/held")));
		assertThat(failure.error()).isInstanceOf(PendingAcquiresFullException.class);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
	}

	// B5, B11
	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void aCallerWaitsOnlySoLong(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		Duration deadline = Duration.ofMillis(800);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(3).acquire(deadline));
		Mono<List<String>> calls = client.begin(server.url("/held"), 3);
		await().until(() -> server.requests("/held") == 3);
		Failure failure = Failure.of(client.get(server.url("/held")));
		assertThat(failure.error()).isInstanceOf(AcquireTimeoutException.class)
			.asInstanceOf(InstanceOfAssertFactories.type(DeadlineException.class))
			.satisfies((error) -> assertThat(error.deadline()).isEqualTo(deadline));
		assertThat(failure.after()).isBetween(deadline, deadline.plusMillis(700));
		assertThat(failure.message()).contains(TestClient.NAME, server.host(), "800 ms",
				TestClient.property("pool.max-connections-per-host"), TestClient.property("timeouts.acquire"));
		assertThat(state(failure, server)).containsPattern("\\b3\\b").containsPattern("(?i)wait|queue|pending");
		assertThat(client).pending(server, 0);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		assertThat(server).acceptedConnections(3);
	}

	@Test
	void aCallerThatLeavesTheQueueMakesRoom() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1).maxPendingAcquires(1));
		Mono<List<String>> calls = client.begin(server.url("/held"), 1);
		await().until(() -> server.requests("/held") == 1);
		Disposable leaving = client.get(server.url("/held?left")).subscribe();
		assertThat(client).pending(server, 1);
		leaving.dispose();
		assertThat(client).pending(server, 0);
		Mono<String> next = client.get(server.url("/hello")).cache();
		next.subscribe();
		assertThat(client).pending(server, 1);
		this.gate.open();
		assertThat(next.block(PATIENCE)).isEqualTo("hello");
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		assertThat(server.arrivals()).extracting(Arrival::uri).doesNotContain("/held?left");
	}

	// B5, B17: asked for h2, given http/1.1
	@Test
	void theLimitHoldsWhenTheServerFallsBackToHttp11() {
		TestServer server = TestServer.h1Tls().slow("/slow", Duration.ofMillis(20)).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(3));
		for (int round = 0; round < 3; round++) {
			assertThat(client.fetchTogether(server.url("/slow"), 30)).hasSize(30).containsOnly("slow");
		}
		assertThat(server).neverMoreThan(3).acceptedConnections(3);
	}

	@Test
	void everyHostHasItsOwnLimit() {
		TestServer one = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestServer other = TestServer.h1().start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1));
		Mono<List<String>> calls = client.begin(one.url("/held"), 2);
		assertThat(client).pending(one, 1);
		assertThat(client.fetch(other.url("/hello"))).isEqualTo("hello");
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
	}

	@Test
	void zeroMeansNoLimit() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(0));
		Mono<List<String>> calls = client.begin(server.url("/held"), 520);
		assertThat(server).settlesAt(520);
		await().until(() -> server.requests("/held") == 520);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(520).containsOnly("held");
	}

	private static String state(Failure failure, TestServer server) {
		return failure.message().replace(server.host(), "").replaceFirst("(?s).*?\\(", "(").replaceFirst("\\).*", ")");
	}

}
