package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.connpool.testing.Gate;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections that are opened before anybody asks for one are there, and stay.
 */
class EarlyConnectionsIntegrationTests {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.connpool.pool.acquire.WarmConnections");

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int MINIMUM = 3;

	private static final int MANY = 50;

	@RegisterExtension
	final Network network = new Network();

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private final Gate gate = new Gate();

	@BeforeEach
	void listen() {
		this.lines.start();
		LOGGER.addAppender(this.lines);
	}

	@AfterEach
	void stop() {
		LOGGER.detachAppender(this.lines);
		this.gate.open();
	}

	@ParameterizedTest
	@EnumSource
	void theyAreOpenBeforeTheFirstRequest(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = client(wire.settings());
		prepare(client, server.host());
		int kept = kept(wire);
		assertThat(client.host(server).connections().idle()).isEqualTo(kept);
		assertThat(server).settlesAt(kept).acceptedConnections(kept);
		assertThat(server.arrivals()).isEmpty();
		Mono<List<String>> calls = client.begin(server.url("/held"), MINIMUM);
		await().until(() -> server.requests("/held") == MINIMUM);
		assertThat(server).acceptedConnections(kept);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		assertThat(client).connections(server, 0, 0, kept);
		assertThat(client.host(server).counters().acquired()).isEqualTo(MINIMUM);
	}

	@Test
	void preparingTwiceOpensNoMore() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = client((settings) -> settings);
		prepare(client, server.host());
		prepare(client, server.host());
		assertThat(client).connections(server, 0, 0, MINIMUM);
		// They are accepted by another thread
		assertThat(server).settlesAt(MINIMUM);
		assertThat(server).acceptedConnections(MINIMUM);
	}

	@ParameterizedTest
	@EnumSource
	void theIdleTimeoutSparesThem(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = client((settings) -> wire.settings().apply(settings).idleTimeout(Duration.ofMillis(200)));
		prepare(client, server.host());
		Mono<List<String>> calls = client.begin(server.url("/held"), 2 * MINIMUM);
		await().until(() -> server.requests("/held") == 2 * MINIMUM);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		int kept = kept(wire);
		assertThat(server).settlesAt(kept).acceptedConnections(wire.multiplexed() ? 1 : 2 * MINIMUM);
		await().during(Duration.ofMillis(700)).until(() -> server.connections().open() == kept);
		assertThat(client).connections(server, 0, 0, kept);
	}

	@Test
	void whatTheServerWouldCloseIsRenewedBefore() {
		RawServer server = RawServer.answering(this.network,
				"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=1\r\n\r\nok");
		TestClient client = client((settings) -> settings.minIdleConnections(1));
		prepare(client, server.host());
		client.fetch(server.url("/"));
		await().until(() -> server.connections().accepted() == 2);
		assertThat(client).connections(server, 0, 0, 1);
		assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("idle-timeout");
	}

	@ParameterizedTest
	@EnumSource
	void theyAreOpenedAgainWhenTheServerClosesThem(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = client(wire.settings());
		prepare(client, server.host());
		assertThat(server).settlesAt(kept(wire));
		server.closeConnections();
		await().until(() -> server.connections().accepted() == 2 * kept(wire));
		assertThat(client).connections(server, 0, 0, kept(wire));
		assertThat(server.arrivals()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void theyAreOpenedAgainWhenTheyAreDrainedOrClosedByHand(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = client(wire.settings());
		prepare(client, server.host());
		assertThat(server).settlesAt(kept(wire));
		client.pooled().drain(server.host());
		await().until(() -> server.connections().accepted() == 2 * kept(wire));
		assertThat(client).connections(server, 0, 0, kept(wire));
		assertThat(server).settlesAt(kept(wire));
		client.pooled().closeIdle();
		await().until(() -> server.connections().accepted() == 3 * kept(wire));
		assertThat(client).connections(server, 0, 0, kept(wire));
		assertThat(this.lines.list).isEmpty();
	}

	@Test
	void whatIsOpenedAgainIsNotClosedByTheSameHand() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = client((settings) -> settings.minIdleConnections(MANY));
		prepare(client, server.host());
		assertThat(server).settlesAt(MANY);
		client.pooled().closeIdle();
		await().until(() -> server.connections().accepted() >= 2 * MANY);
		assertThat(client).connections(server, 0, 0, MANY);
		assertThat(server).settlesAt(MANY).acceptedConnections(2 * MANY);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void theyAreOpenedAgainWithReloadedTls(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = client(wire.settings());
		prepare(client, server.host());
		client.pooled().reload(TestCertificate.LOOPBACK.trusted());
		await().until(() -> server.connections().accepted() == 2 * kept(wire));
		assertThat(client).connections(server, 0, 0, kept(wire));
		assertThat(server).settlesAt(kept(wire));
		assertThat(client.host(server).generation()).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatIsDownIsTriedAgainUntilItIsUp(Wire wire) {
		int port = LoopbackPort.free();
		TestClient client = client(wire.settings());
		String host = "%s://%s:%d".formatted(wire.scheme(), ObservedServer.HOST, port);
		prepare(client, host);
		long failed = failures(client, host);
		await().until(() -> failures(client, host) > failed);
		TestServer server = wire.server().port(port).start(this.network);
		assertThat(client).connections(server, 0, 0, kept(wire));
		assertThat(this.lines.list).singleElement()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.startsWith("Client 'under-test', host " + server.host())
			.contains(TestClient.property("pool.min-idle-connections"));
	}

	@Test
	void aServerThatClosesThemAtOnceIsNotOverrun() {
		RawServer server = RawServer.start(this.network, (connection) -> connection.close());
		TestClient client = client((settings) -> settings);
		prepare(client, server.host());
		// At once, and after each of two pauses as many as open before the first is seen
		// to end
		await().during(Duration.ofSeconds(2)).until(() -> server.connections().accepted() <= 3 * MINIMUM);
		assertThat(server.connections().accepted()).isGreaterThan(MINIMUM);
		assertThat(this.lines.list).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void aClientThatIsShutDownOpensNone(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = client(wire.settings());
		prepare(client, server.host());
		assertThat(server).settlesAt(kept(wire));
		client.pooled().shutdown().block(PATIENCE);
		assertThat(server).settlesAt(0);
		client.pooled().prepare(client.httpClient(), server.host()).onErrorComplete().block(PATIENCE);
		await().during(Duration.ofMillis(300)).until(() -> server.connections().accepted() == kept(wire));
		assertThat(client).holdsNothing();
	}

	private TestClient client(UnaryOperator<TestSettings> change) {
		return this.network
			.client((settings) -> change.apply(settings.minIdleConnections(MINIMUM)).connect(Duration.ofSeconds(2)));
	}

	private static void prepare(TestClient client, String host) {
		client.pooled().prepare(client.httpClient(), host).block(PATIENCE);
	}

	private static long failures(TestClient client, String host) {
		return Objects.requireNonNull(client.pooled().snapshot().hosts().get(host)).counters().dialFailed();
	}

	private static int kept(Wire wire) {
		return wire.multiplexed() ? 1 : MINIMUM;
	}

}
