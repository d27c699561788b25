package dev.connpool.behaviour;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import dev.connpool.client.TlsMaterial;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.snapshot.LastError;
import dev.connpool.snapshot.Quantiles;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How requests fail is counted by kind, with the last error, and how long they take is
 * measured (B69, B70).
 */
@Transport.Each
class SeeingIntegrationTests {

	private static final int CALLERS = 20;

	private static final Duration SHORT = Duration.ofMillis(300);

	@RegisterExtension
	final Network network;

	private final Gate gate = new Gate();

	SeeingIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@EnumSource
	void aRefusedConnection(Wire wire) {
		String host = "%s://%s:%d".formatted(wire.server().start(this.network).scheme(), ObservedServer.HOST,
				LoopbackPort.free());
		TestClient client = this.network.client(wire.settings());
		fail(client.get(host + "/"));
		HostSnapshot seen = await().until(() -> host(client, host), (now) -> now.counters().failed() == CALLERS);
		assertThat(seen.counters().failedByKind()).isEqualTo(Map.of("connect-error", (long) CALLERS));
		assertThat(seen.counters().opened()).isZero();
		assertThat(seen.counters().dialled()).isPositive().isEqualTo(seen.counters().dialFailed());
		assertThat(seen.counters().dialFailedByReason()).containsOnlyKeys("connect-error");
		assertThat(seen.counters().timedOut()).isZero();
		assertThat(seen.latency().headers()).isNull();
		LastError error = Objects.requireNonNull(seen.lastError());
		assertThat(error.phase()).isEqualTo("connect-error");
		assertThat(error.count()).isEqualTo(CALLERS);
		assertThat(error.message()).contains("connecting failed", host);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void anUntrustedCertificate(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(TlsMaterial.DEFAULT, (settings) -> settings);
		fail(client.get(server.url("/hello")));
		assertFailed(client, server, "tls-error", 0);
		assertThat(client.host(server).counters().dialFailedByReason()).containsOnlyKeys("tls-error");
	}

	@Test
	void aHandshakeThatTakesTooLong() {
		RawServer server = RawServer.silent(this.network, "https");
		TestClient client = this.network.client((settings) -> settings.tlsHandshake(SHORT));
		fail(client.get(server.url("/")));
		assertFailed(client, server, "tls-error", CALLERS);
	}

	@ParameterizedTest
	@EnumSource
	void aHeaderThatIsLate(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).responseHeader(SHORT));
		fail(client.get(server.url("/held")));
		this.gate.open();
		assertFailed(client, server, "response-timeout", CALLERS);
	}

	@ParameterizedTest
	@EnumSource
	void aRequestThatTakesTooLong(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).request(SHORT));
		fail(client.get(server.url("/held")));
		this.gate.open();
		assertFailed(client, server, "request-timeout", CALLERS);
	}

	@Test
	void callersWhoWaitForTooLong() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1).acquire(SHORT));
		Mono<?> holding = client.begin(server.url("/held"), 1);
		await().until(() -> client.host(server).connections().active() == 1);
		assertThat(client.host(server).longestWait()).isNull();
		Mono<?> waiting = client.begin(server.url("/held"), 2);
		await().until(() -> client.host(server).longestWait() != null);
		assertThat(client.host(server).longestWait()).isBetween(Duration.ZERO, Duration.ofSeconds(5));
		waiting.onErrorComplete().block(Duration.ofSeconds(20));
		fail(client.get(server.url("/held")));
		await().untilAsserted(() -> assertThat(client.host(server).counters().failedByKind().get("acquire-timeout"))
			.isGreaterThanOrEqualTo(CALLERS));
		assertThat(client.host(server).counters().timedOut()).isEqualTo(client.host(server).counters().failed());
		assertThat(client.host(server).longestWait()).isNull();
		this.gate.open();
		holding.block(Duration.ofSeconds(20));
	}

	@Test
	void callersWhoAreTurnedAway() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1).maxPendingAcquires(0));
		Mono<?> holding = client.begin(server.url("/held"), 1);
		await().until(() -> client.host(server).connections().active() == 1);
		fail(client.get(server.url("/held")));
		assertFailed(client, server, "turned-away", 0);
		assertThat(client.host(server).counters().turnedAway()).isEqualTo(CALLERS);
		this.gate.open();
		holding.block(Duration.ofSeconds(20));
	}

	@Test
	void aServerThatHangsUp() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.close();
		});
		TestClient client = this.network.client();
		fail(client.post(server.url("/"), "no second time"));
		assertFailed(client, server, "reset", 0);
	}

	@Test
	void aServerThatHangsUpWithinTheBody() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
			connection.close();
		});
		TestClient client = this.network.client();
		fail(client.get(server.url("/")));
		assertFailed(client, server, "reset", 0);
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatSaysThatItFails(Wire wire) {
		TestServer server = wire.server()
			.route("/down", (request, response) -> response.status(503).send())
			.start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int times = 0; times < CALLERS; times++) {
			Failure.of(client.get(server.url("/down")));
		}
		HostSnapshot seen = client.host(server);
		assertThat(seen.counters().failedByKind()).isEqualTo(Map.of("status-5xx", (long) CALLERS));
		LastError error = Objects.requireNonNull(seen.lastError());
		assertThat(error.message()).isEqualTo("The server answered with status 503");
		assertThat(error.count()).isEqualTo(CALLERS);
	}

	@ParameterizedTest
	@EnumSource
	void whatSucceedsIsMeasuredAndNoFailure(Wire wire) {
		TestServer server = wire.server().slow("/slow", Duration.ofMillis(100)).start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int times = 0; times < 5; times++) {
			client.fetch(server.url("/slow"));
		}
		HostSnapshot seen = client.host(server);
		assertThat(seen.counters().failed()).isZero();
		assertThat(seen.lastError()).isNull();
		Quantiles headers = Objects.requireNonNull(seen.latency().headers());
		assertThat(headers.p50()).isBetween(Duration.ofMillis(85), Duration.ofSeconds(2));
		assertThat(headers.p99()).isGreaterThanOrEqualTo(headers.p90()).isGreaterThanOrEqualTo(headers.p50());
		assertThat(seen.latency().waited()).isNotNull();
	}

	@Test
	void aCallerWhoGivesUpIsNoFailure() {
		TestServer server = TestServer.h2().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client();
		Failure.of(client.get(server.url("/held")).timeout(SHORT));
		await().until(() -> client.host(server).connections().active() == 0);
		this.gate.open();
		assertThat(client.host(server).counters().failed()).isZero();
	}

	private static void fail(Mono<?> call) {
		assertThat(Failure.ofAll(call, CALLERS)).allSatisfy((failure) -> assertThat(failure.error()).isNotNull());
	}

	private static void assertFailed(TestClient client, ObservedServer server, String kind, int timedOut) {
		await().untilAsserted(() -> {
			HostSnapshot seen = client.host(server);
			assertThat(seen.counters().failedByKind()).isEqualTo(Map.of(kind, (long) CALLERS));
			assertThat(seen.counters().failed()).isEqualTo(CALLERS);
			assertThat(seen.counters().timedOut()).isEqualTo(timedOut);
			LastError error = Objects.requireNonNull(seen.lastError());
			assertThat(error.phase()).isEqualTo(kind);
			assertThat(error.count()).isEqualTo(CALLERS);
			assertThat(error.message()).contains(TestClient.NAME);
		});
	}

	private static HostSnapshot host(TestClient client, String origin) {
		return client.pooled().snapshot().hosts().getOrDefault(origin, HostSnapshot.UNKNOWN);
	}

}
