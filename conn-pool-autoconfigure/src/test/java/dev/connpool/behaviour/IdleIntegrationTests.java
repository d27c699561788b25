package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;

import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Idle connections are bounded in number and age (B6 to B8, B25).
 */
class IdleIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Duration SECOND = Duration.ofSeconds(1);

	// B7: within 10 % or 500 ms, and something for a busy machine
	private static final Duration LATE = Duration.ofMillis(700);

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	// B6
	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void idleConnectionsBeyondTheLimitOfTheHostAreClosed(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxIdleConnectionsPerHost(2));
		Mono<List<String>> calls = client.begin(server.url("/held"), 5);
		await().until(() -> server.requests("/held") == 5);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(5);
		assertThat(server).settlesAt(2).acceptedConnections(5);
		assertThat(client).connections(server, 0, 0, 2);
		assertThat(client.fetchTogether(server.url("/hello"), 2)).hasSize(2);
		assertThat(server).acceptedConnections(5);
	}

	// B6
	@ParameterizedTest
	@EnumSource
	void theLeastRecentlyUsedConnectionOfAnyHostMakesRoom(Wire wire) {
		TestServer first = wire.server().start(this.network);
		TestServer second = wire.server().start(this.network);
		TestServer third = wire.server().start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).maxIdleConnections(2));
		fetchAndIdle(client, first);
		fetchAndIdle(client, second);
		fetchAndIdle(client, first);
		fetchAndIdle(client, third);
		assertThat(second).settlesAt(0);
		assertThat(first).openConnections(1);
		assertThat(third).openConnections(1);
		assertThat(client).connections(second, 0, 0, 0);
		fetchAndIdle(client, second);
		assertThat(first).settlesAt(0).acceptedConnections(1);
		assertThat(third).openConnections(1);
	}

	// B6
	@Test
	void aConnectionInUseNeverMakesRoom() {
		TestServer busy = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestServer first = TestServer.h1().start(this.network);
		TestServer second = TestServer.h1().start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxIdleConnections(1));
		Mono<List<String>> calls = client.begin(busy.url("/held"), 2);
		await().until(() -> busy.requests("/held") == 2);
		fetchAndIdle(client, first);
		fetchAndIdle(client, second);
		assertThat(first).settlesAt(0);
		assertThat(busy).openConnections(2);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		assertThat(busy).settlesAt(1);
		assertThat(second).settlesAt(0);
	}

	// B7, B25
	@ParameterizedTest
	@EnumSource
	void anIdleConnectionIsClosedOnTimeWithoutTraffic(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).idleTimeout(SECOND));
		client.fetch(server.url("/hello"));
		assertThat(timeUntilClosed(server)).isBetween(SECOND.minusMillis(100), SECOND.plus(LATE));
		assertThat(client).holdsNothing();
	}

	// B8
	@ParameterizedTest
	@ValueSource(strings = { "timeout=1", "timeout=1, max=100", "max=100 , TimeOut = 1" })
	void aConnectionIsClosedBeforeItsServerWould(String hint) {
		RawServer server = keepingAlive(hint);
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThat(timeUntilClosed(server)).isBetween(Duration.ofMillis(800), Duration.ofMillis(900).plus(LATE));
		assertThat(client).holdsNothing();
		assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("idle-timeout");
	}

	// B8
	@Test
	void whatTheServerSaysHoldsWithoutAnIdleTimeout() {
		RawServer server = keepingAlive("timeout=1");
		TestClient client = this.network.client((settings) -> settings.idleTimeout(Duration.ZERO));
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThat(timeUntilClosed(server)).isBetween(Duration.ofMillis(800), Duration.ofMillis(900).plus(LATE));
	}

	// B8
	@ParameterizedTest
	@ValueSource(strings = { "timeout=60", "timeout", "timeout=", "timeout=soon", "timeout=-1", "timeout=0.1", "=", ",",
			"max=1", "timeout=99999999999999999999" })
	void whatTheServerSaysNeverLengthensTheIdleTime(String hint) {
		RawServer server = keepingAlive(hint);
		TestClient client = this.network.client((settings) -> settings.idleTimeout(SECOND));
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThat(timeUntilClosed(server)).isBetween(SECOND.minusMillis(100), SECOND.plus(LATE));
	}

	// B8
	@Test
	void theLastThingTheServerSaidHolds() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(response("timeout=60"));
			connection.readHead();
			connection.write(response("timeout=1"));
		});
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThat(client).connections(server, 0, 0, 1);
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThat(timeUntilClosed(server)).isBetween(Duration.ofMillis(800), Duration.ofMillis(900).plus(LATE));
		assertThat(server).acceptedConnections(1);
	}

	// B8
	@Test
	void aConnectionThatTheServerDoesNotKeepIsNotUsedAgain() {
		RawServer server = keepingAlive("timeout=0");
		TestClient client = this.network.client();
		for (int request = 1; request <= 3; request++) {
			assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
			assertThat(server).settlesAt(0).acceptedConnections(request);
		}
		assertThat(client).holdsNothing();
		assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("keep-alive-off");
	}

	// B7, B25
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void useStartsTheIdleTimeAfresh(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).idleTimeout(SECOND));
		client.fetch(server.url("/hello"));
		await().during(SECOND.dividedBy(2)).until(() -> server.connections().open() == 1);
		client.fetch(server.url("/hello"));
		assertThat(timeUntilClosed(server)).isBetween(SECOND.minusMillis(100), SECOND.plus(LATE));
		assertThat(server).acceptedConnections(1);
	}

	// B7, B25
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aConnectionInUseIsNotIdle(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).idleTimeout(Duration.ofMillis(200)));
		Mono<List<String>> calls = client.begin(server.url("/held"), 1);
		await().until(() -> server.requests("/held") == 1);
		await().during(Duration.ofMillis(900)).until(() -> server.connections().open() == 1);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsExactly("held");
		assertThat(server).settlesAt(0).acceptedConnections(1);
	}

	// B7, B25
	@ParameterizedTest
	@EnumSource
	void anIdleConnectionIsRetiredAtTheEndOfItsLife(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).maxLifetime(SECOND));
		client.fetch(server.url("/hello"));
		assertThat(timeUntilClosed(server)).isBetween(SECOND.minusMillis(300), SECOND.plus(LATE));
		assertThat(client).holdsNothing();
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(2);
	}

	// B7, B25
	@ParameterizedTest
	@EnumSource
	void aConnectionInUseAtTheEndOfItsLifeIsRetiredAfterwards(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).maxLifetime(Duration.ofMillis(400)));
		Mono<List<String>> calls = client.begin(server.url("/held"), 2);
		await().until(() -> server.requests("/held") == 2);
		int before = server.connections().accepted();
		await().untilAsserted(() -> {
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
			assertThat(server.connections().accepted()).isGreaterThan(before);
		});
		assertThat(server.connections().open()).isGreaterThanOrEqualTo(before);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		assertThat(server).settlesAt(0, Duration.ofSeconds(2));
	}

	private RawServer keepingAlive(String hint) {
		return RawServer.answering(this.network, response(hint));
	}

	private static String response(String keepAlive) {
		return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: " + keepAlive + "\r\n\r\nok";
	}

	private Duration timeUntilClosed(ObservedServer server) {
		long start = System.nanoTime();
		assertThat(server).openConnections(1).settlesAt(0);
		return Duration.ofNanos(System.nanoTime() - start);
	}

	private static void fetchAndIdle(TestClient client, TestServer server) {
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client).connections(server, 0, 0, 1);
	}

}
