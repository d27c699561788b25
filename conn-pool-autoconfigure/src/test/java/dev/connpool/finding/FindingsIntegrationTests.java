package dev.connpool.finding;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Gate;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.NameServer;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.Pods;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import io.netty.channel.ChannelOption;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is wrong with a client on a real server is found, and nothing is where nothing is
 * wrong (B33).
 */
class FindingsIntegrationTests {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.connpool.finding");

	private static final Duration PERIOD = Duration.ofMillis(200);

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Duration IDLE = Duration.ofMillis(1100);

	@RegisterExtension
	final Network network = new Network();

	@RegisterExtension
	final NameServer names = new NameServer();

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private final Gate gate = new Gate();

	private @Nullable Disposable looking;

	private @Nullable Disposable traffic;

	@BeforeEach
	void listen() {
		this.lines.start();
		LOGGER.addAppender(this.lines);
	}

	@AfterEach
	void stop() {
		LOGGER.detachAppender(this.lines);
		if (this.traffic != null) {
			this.traffic.dispose();
		}
		if (this.looking != null) {
			this.looking.dispose();
		}
		this.gate.open();
	}

	@Test
	void http2Fallback() {
		TestServer server = TestServer.h1Tls().start(this.network);
		TestClient client = this.network.client();
		ClientFindings findings = look(client);
		client.fetch(server.url("/hello"));
		assertThat(found(findings, Rule.HTTP2_FALLBACK)).satisfies((finding) -> {
			assertThat(finding.host()).isEqualTo(server.host());
			assertThat(finding.message()).contains(TestClient.property("protocols"));
		});
		assertThat(findings.current()).hasSize(1);
	}

	@Test
	void http2FallbackIsSaidAtTheFirstLook() {
		TestServer server = TestServer.h1Tls().start(this.network);
		TestClient client = this.network.client();
		client.fetch(server.url("/hello"));
		ClientFindings findings = new ClientFindings(TestClient.NAME, client.pooled()::settings,
				client.pooled()::snapshot, client.pooled()::remember);
		assertThat(findings.current()).extracting(Finding::rule).containsExactly(Rule.HTTP2_FALLBACK);
	}

	@Test
	void poolSaturated() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(2));
		ClientFindings findings = look(client);
		Mono<List<String>> calls = client.begin(server.url("/held"), 5);
		assertThat(found(findings, Rule.POOL_SATURATED).message()).contains("All 2 connections were in use",
				"3 callers wait", TestClient.property("pool.max-connections-per-host"));
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(5);
	}

	@Test
	void poolSaturatedSinceCallersAreTurnedAway() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1).maxPendingAcquires(0));
		ClientFindings findings = look(client);
		Mono<List<String>> calls = client.begin(server.url("/held"), 1);
		await().until(() -> server.requests("/held") == 1);
		client.get(server.url("/held")).onErrorComplete().block(PATIENCE);
		assertThat(found(findings, Rule.POOL_SATURATED).message()).contains("1 was turned away");
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(1);
	}

	@Test
	void unreachable() {
		String host = "http://%s:%d".formatted(ObservedServer.HOST, LoopbackPort.free());
		TestClient client = this.network.client();
		ClientFindings findings = look(client);
		this.traffic = Flux.interval(Duration.ofMillis(20))
			.onBackpressureDrop()
			.flatMap((number) -> client.get(host + "/").onErrorComplete())
			.subscribe();
		assertThat(found(findings, Rule.UNREACHABLE).message()).contains("and none succeeded",
				"the last error was \"connecting failed");
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void deadlinesPassing(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).responseHeader(Duration.ofMillis(200)));
		ClientFindings findings = look(client);
		this.traffic = Flux.interval(Duration.ofMillis(20))
			.onBackpressureDrop()
			.flatMap((number) -> client.get(server.url("/held")).onErrorComplete())
			.subscribe();
		assertThat(found(findings, Rule.DEADLINES_PASSING).message())
			.contains(TestClient.property("timeouts.response-header"), "Nothing was answered in the last minute");
		this.traffic.dispose();
		this.gate.open();
	}

	@Test
	void serverErrors() {
		TestServer server = TestServer.h1()
			.route("/down", (request, response) -> response.status(503).send())
			.start(this.network);
		TestClient client = this.network.client();
		ClientFindings findings = look(client);
		this.traffic = keepCalling(client, server.url("/down"), 2);
		assertThat(found(findings, Rule.SERVER_ERRORS).message())
			.contains("the last error was \"The server answered with status 503\"");
	}

	@Test
	void rightSize() {
		TestServer server = TestServer.h1().slow("/slow", Duration.ofMillis(50)).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(2));
		ClientFindings findings = look(client);
		this.traffic = keepCalling(client, server.url("/slow"), 8);
		String message = found(findings, Rule.RIGHT_SIZE).message();
		assertThat(message).contains("but 2 connections are allowed",
				"set " + TestClient.property("pool.max-connections-per-host") + " to ");
		int suggested = Integer.parseInt(message.replaceAll(".* to (\\d+)\\.$", "$1"));
		assertThat(suggested).isBetween(4, 10);
	}

	@Test
	void idleChurn() {
		TestServer server = TestServer.h1().slow("/slow", Duration.ofMillis(20)).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxIdleConnectionsPerHost(1));
		ClientFindings findings = look(client);
		this.traffic = Mono.defer(() -> client.begin(server.url("/slow"), 20)).onErrorComplete().repeat().subscribe();
		assertThat(found(findings, Rule.IDLE_CHURN).message()).contains("more than 1 were idle",
				TestClient.property("pool.max-idle-connections-per-host"));
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void idleLongerThanServer(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		ClientFindings findings = look(client);
		for (int round = 0; round < 3; round++) {
			client.fetch(server.url("/hello"));
			assertThat(client).connections(server, 0, 0, 1);
			await().pollDelay(IDLE).until(() -> true);
			server.closeConnections();
			assertThat(client).connections(server, 0, 0, 0);
		}
		assertThat(found(findings, Rule.IDLE_LONGER_THAN_SERVER).message())
			.contains("before the idle timeout of 90 s", "Set " + TestClient.property("pool.idle-timeout") + " to '")
			.matches(".* to '(1s|99\\dms)', or to 'auto'\\.$");
	}

	@Test
	void leak() {
		TestServer server = TestServer.h1().bytes("/large", 32 << 20).start(this.network);
		TestClient client = this.network.client((settings) -> settings.leaks(Duration.ofMillis(100), Duration.ZERO));
		ClientFindings findings = look(client);
		AtomicReference<Connection> held = new AtomicReference<>();
		client.httpClient()
			.get()
			.uri(server.url("/large"))
			.responseConnection((response, connection) -> Mono.just(connection))
			.subscribe(held::set);
		assertThat(found(findings, Rule.LEAK).message()).contains("1 exchanges hold a connection",
				TestClient.property("leak-reclaim-threshold"));
		held.get().dispose();
		await().until(() -> findings.current().isEmpty());
	}

	@Test
	void duplicatePools() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client();
		ClientFindings findings = look(client);
		client.fetch(server.url("/hello"));
		client.httpClient()
			.option(ChannelOption.SO_LINGER, 7)
			.get()
			.uri(server.url("/hello"))
			.responseContent()
			.aggregate()
			.block(PATIENCE);
		assertThat(found(findings, Rule.DUPLICATE_POOLS).message()).contains("2 pools hold 2 connections");
	}

	// As after a certificate was reloaded, when the old connections may finish
	@Test
	void aPoolThatDrainsIsNoDuplicate() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client();
		ClientFindings findings = look(client);
		Mono<List<String>> calls = client.begin(server.url("/held"), 1);
		await().until(() -> server.requests("/held") == 1);
		client.pooled().drain(server.host());
		client.httpClient()
			.option(ChannelOption.SO_LINGER, 7)
			.get()
			.uri(server.url("/hello"))
			.responseContent()
			.aggregate()
			.block(PATIENCE);
		assertThat(client.host(server).connections().total()).isEqualTo(2);
		await().during(PERIOD.multipliedBy(4)).until(() -> findings.current().isEmpty());
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
	}

	@Test
	void connectionImbalance() {
		Pods pods = Pods.start(this.network, Wire.H2, 3);
		this.names.answer(60, Pods.address(0), Pods.address(1), Pods.address(2));
		TestClient client = this.network.client(TestCertificate.NAMED.trusted(), (settings) -> settings)
			.asking(this.names);
		ClientFindings findings = look(client);
		this.traffic = keepCalling(client, pods.url("/hello"), 4);
		assertThat(found(findings, Rule.CONNECTION_IMBALANCE).message()).contains("went to 1 of 3 addresses",
				TestClient.property("http2.spread-addresses") + " to 'true'");
	}

	@Test
	void ephemeralPortPressure() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client((settings) -> settings.keepAlive(false));
		ClientFindings findings = look(client);
		this.traffic = keepCalling(client, server.url("/hello"), 16);
		assertThat(found(findings, Rule.EPHEMERAL_PORT_PRESSURE).message())
			.contains("connections are closed each second", TestClient.property("pool.keep-alive"));
	}

	@Test
	void h2WindowSmallIsFoundAtOnce() {
		TestClient client = this.network.client((settings) -> settings.windows(65_535, 1 << 20));
		assertThat(found(look(client), Rule.H2_WINDOW_SMALL).message())
			.contains(TestClient.property("http2.initial-window-size"));
	}

	@Test
	void deadlineOrderIsFoundAtOnceAndLoggedOnce() {
		TestClient client = this.network.client((settings) -> settings.responseHeader(Duration.ofSeconds(60)));
		ClientFindings findings = look(client);
		assertThat(findings.current()).singleElement().satisfies((finding) -> {
			assertThat(finding.rule()).isEqualTo(Rule.DEADLINE_ORDER);
			assertThat(finding.host()).isNull();
		});
		await().during(PERIOD.multipliedBy(3)).until(() -> this.lines.list.size() == 1);
		assertThat(this.lines.list.get(0).getFormattedMessage())
			.startsWith("Client '%s': %s (60 s) never passes".formatted(TestClient.NAME,
					TestClient.property("timeouts.response-header")))
			.endsWith("[deadline-order]");
	}

	@Test
	void aFindingOfAHostIsLoggedOnceWhateverItsFigures() {
		TestServer server = TestServer.h1Tls().start(this.network);
		TestClient client = this.network.client();
		ClientFindings findings = look(client);
		client.fetch(server.url("/hello"));
		String first = found(findings, Rule.HTTP2_FALLBACK).message();
		client.fetchTogether(server.url("/hello"), 20);
		await().until(() -> !findings.current().get(0).message().equals(first));
		assertThat(this.lines.list).singleElement()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.startsWith("Client '%s', host %s: HTTP/2 is preferred".formatted(TestClient.NAME, server.host()));
	}

	@Test
	void whatIsSilencedIsNotLookedFor() {
		TestClient client = this.network
			.client((settings) -> settings.responseHeader(Duration.ofSeconds(60)).silenced("deadline-order"));
		assertThat(client.pooled().settings().findings()).isNotEqualTo(ClientSettings.DEFAULTS.findings());
		assertThat(look(client).current()).isEmpty();
		assertThat(this.lines.list).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void nothingIsFoundInOrdinaryTraffic(Wire wire) {
		TestServer server = wire.server()
			.slow("/slow", Duration.ofMillis(100))
			.bytes("/large", 1 << 20)
			.start(this.network);
		TestClient client = this.network
			.client((settings) -> ((wire == Wire.H1_TLS) ? settings.protocols(Protocol.HTTP_1_1)
					: wire.settings().apply(settings))
				.leaks(Duration.ofSeconds(1), Duration.ZERO));
		ClientFindings findings = look(client);
		for (int round = 0; round < 5; round++) {
			client.fetchTogether(server.url("/hello"), 100);
			client.fetchTogether(server.url("/slow"), 40);
			client.fetchTogether(server.url("/large"), 5);
			client.fetchTogether(server.url("/missing"), 10);
			client.get(server.url("/slow")).subscribe().dispose();
			await().pollDelay(PERIOD.multipliedBy(2)).until(() -> true);
			client.pooled().closeIdle();
		}
		assertThat(client.host(server).counters().acquired()).isGreaterThan(700);
		assertThat(findings.current()).isEmpty();
		assertThat(this.lines.list).isEmpty();
	}

	private ClientFindings look(TestClient client) {
		ClientFindings findings = new ClientFindings(TestClient.NAME, client.pooled()::settings,
				client.pooled()::snapshot, client.pooled()::remember, List::of, PERIOD);
		findings.look();
		this.looking = Flux.interval(PERIOD).onBackpressureDrop().subscribe((number) -> findings.look());
		return findings;
	}

	private static Finding found(ClientFindings findings, Rule rule) {
		AtomicReference<Finding> latest = new AtomicReference<>();
		await().atMost(PATIENCE).until(() -> {
			findings.current().stream().filter((finding) -> finding.rule() == rule).forEach(latest::set);
			return latest.get() != null;
		});
		return latest.get();
	}

	private static Disposable keepCalling(TestClient client, String url, int callers) {
		return Flux.range(0, callers)
			.flatMap((number) -> client.get(url).onErrorComplete().repeat(), callers)
			.subscribe();
	}

}
