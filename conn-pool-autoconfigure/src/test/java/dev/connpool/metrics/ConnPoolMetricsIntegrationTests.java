package dev.connpool.metrics;

import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Wire;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The meters tell what a server saw.
 */
class ConnPoolMetricsIntegrationTests {

	private static final int TOGETHER = 8;

	@RegisterExtension
	final Network network = new Network();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	@ParameterizedTest
	@EnumSource
	void metersEqualWhatTheServerSaw(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = client(wire.settings());
		for (int request = 0; request < 5; request++) {
			client.fetch(server.url("/hello"));
		}
		client.fetchTogether(server.url("/hello"), TOGETHER);
		// One that nobody needed any more may still be on its way.
		await().untilAsserted(() -> assertThat(gauge("open_connections", server, "http.connection.state", "idle"))
			.isEqualTo(open(server))
			.isEqualTo(server.connections().open()));
		int accepted = server.connections().accepted();
		assertThat(count("connection.wait_time", server)).isEqualTo(server.requests("/hello"));
		assertThat(count("connection.create_time", server)).isEqualTo(accepted);
		assertThat(find("connection.wait_time", server).timer())
			.extracting((timer) -> timer.getId().getTag("network.protocol.version"))
			.isEqualTo(wire.multiplexed() ? "2" : "1.1");
		client.pooled().close();
		await().untilAsserted(() -> assertThat(closed(server, "shutdown")).isEqualTo(accepted));
		await().untilAsserted(() -> assertThat(open(server)).isZero());
		assertThat(count("connection.duration", server)).isEqualTo(accepted);
		assertThat(gauge("connection.pending_requests", server)).isZero();
	}

	@Test
	void callersThatWaitArePending() {
		Gate gate = new Gate();
		TestServer server = TestServer.h1().hold("/held", gate).start(this.network);
		TestClient client = client((settings) -> settings.maxConnectionsPerHost(2));
		Mono<?> bodies = client.begin(server.url("/held"), 5);
		await().untilAsserted(() -> assertThat(gauge("connection.pending_requests", server)).isEqualTo(3));
		assertThat(gauge("connection.max", server)).isEqualTo(2);
		assertThat(gauge("open_connections", server, "http.connection.state", "active")).isEqualTo(2);
		gate.open();
		bodies.block(Duration.ofSeconds(20));
		await().untilAsserted(() -> assertThat(gauge("connection.pending_requests", server)).isZero());
	}

	@Test
	void noLimitIsNoMeter() {
		TestServer server = TestServer.h1().start(this.network);
		client((settings) -> settings.maxConnectionsPerHost(0)).fetch(server.url("/hello"));
		assertThat(find("connection.max", server).gauge()).isNull();
	}

	@Test
	void streamsAreMeasuredAgainstTheirLimit() {
		Gate gate = new Gate();
		TestServer server = TestServer.h2().maxConcurrentStreams(50).hold("/held", gate).start(this.network);
		TestClient client = client((settings) -> settings);
		Mono<?> bodies = client.begin(server.url("/held"), TOGETHER);
		await().untilAsserted(() -> assertThat(gauge("stream.active", server)).isEqualTo(TOGETHER));
		assertThat(gauge("stream.limit", server)).isEqualTo(50);
		gate.open();
		bodies.block(Duration.ofSeconds(20));
		await().untilAsserted(() -> assertThat(gauge("stream.active", server)).isZero());
	}

	@Test
	void endsAreCountedByReason() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = client((settings) -> settings.idleTimeout(Duration.ofMillis(200)));
		client.fetch(server.url("/hello"));
		await().untilAsserted(() -> assertThat(closed(server, "idle-timeout")).isOne());
		client.fetch(server.url("/hello"));
		server.closeConnections();
		await().untilAsserted(() -> assertThat(closed(server, "peer-closed")).isOne());
	}

	@Test
	void streamsThatTheServerResetsAreCountedByError() {
		TestServer server = TestServer.h2()
			.route("/broken",
					(request, response) -> response.sendString(
							Flux.concat(Mono.just("some"), Mono.error(new IllegalStateException("on purpose")))))
			.start(this.network);
		client((settings) -> settings).get(server.url("/broken")).onErrorComplete().block();
		await().untilAsserted(() -> assertThat(find("stream.reset", server).counters()).singleElement()
			.satisfies((counter) -> assertThat(counter.count()).isOne()));
	}

	@Test
	void pingsOnQuietConnectionsAreTimed() {
		TestServer server = TestServer.h2().start(this.network);
		client((settings) -> settings.ping(Duration.ofMillis(50), Duration.ofSeconds(5))).fetch(server.url("/hello"));
		await().untilAsserted(() -> assertThat(count("ping.rtt", server)).isGreaterThan(1));
	}

	@Test
	void connectionsThatCannotBeOpenedAreCountedByReason() {
		RawServer server = RawServer.closing(this.network, "https");
		TestClient client = client((settings) -> settings);
		client.get(server.url("/")).onErrorComplete().block();
		await().untilAsserted(() -> assertThat(closed(server, "tls-error")).isEqualTo(server.connections().accepted()));
		assertThat(find("connection.create_time", server).timers()).isEmpty();
	}

	private TestClient client(UnaryOperator<TestSettings> change) {
		TestClient[] client = new TestClient[1];
		ConnPoolMetrics metrics = new ConnPoolMetrics(() -> Stream
			.of(new MeteredClient(TestClient.NAME, client[0].pooled()::settings, client[0].pooled()::snapshot)));
		client[0] = this.network.client(change, metrics);
		metrics.bindTo(this.registry);
		return client[0];
	}

	private Search find(String name, ObservedServer server, String... tags) {
		return this.registry.find("http.client." + name)
			.tags("client.name", TestClient.NAME, "server.address", ObservedServer.HOST)
			.tags("server.port", Integer.toString(server.port()))
			.tags(tags);
	}

	private double gauge(String name, ObservedServer server, String... tags) {
		return find(name, server, tags).gauges().stream().mapToDouble(Gauge::value).sum();
	}

	private double open(ObservedServer server) {
		return gauge("open_connections", server);
	}

	private long count(String name, ObservedServer server) {
		return find(name, server).timers().stream().mapToLong(Timer::count).sum();
	}

	private double closed(ObservedServer server, String reason) {
		Counter counter = find("connection.closed", server, "reason", reason).counter();
		return (counter != null) ? counter.count() : 0;
	}

}
