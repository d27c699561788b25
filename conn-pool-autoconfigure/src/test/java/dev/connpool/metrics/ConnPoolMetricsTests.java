package dev.connpool.metrics;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import dev.connpool.listener.ConnectionInfo;
import dev.connpool.settings.ClientSettings;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.ConnectionSnapshot.State;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.snapshot.Latency;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ConnPoolMetrics}.
 */
class ConnPoolMetricsTests {

	private static final String CLIENT = "orders";

	private static final Duration TOOK = Duration.ofMillis(3);

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final AtomicReference<Map<String, HostSnapshot>> hosts = new AtomicReference<>(Map.of());

	private final ConnPoolMetrics metrics = new ConnPoolMetrics(
			() -> Stream.of(new MeteredClient(CLIENT, () -> ClientSettings.DEFAULTS, this::snapshot)));

	@ParameterizedTest
	@CsvSource({ "https://example.com:443, example.com, 443", "http://127.0.0.1:8080, 127.0.0.1, 8080",
			"https://[::1]:8443, ::1, 8443", "https://[fe80::1%eth0]:1, fe80::1%eth0, 1",
			"/var/run/docker.sock, /var/run/docker.sock, none" })
	void hostIsSplit(String host, String address, String port) {
		assertThat(ServerAddress.of(host)).isEqualTo(new ServerAddress(address, port));
	}

	@Test
	void eventsBeforeThereIsARegistryAreIgnored() {
		this.metrics.opened(connection("h2", 0), TOOK);
		this.metrics.bindTo(this.registry);
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void hostsThatWereKnownBeforeThereIsARegistryHaveGauges() {
		this.hosts.set(Map.of(host(0), idle("h2", 2)));
		this.metrics.bindTo(this.registry);
		assertThat(this.registry.get("http.client.open_connections")
			.tags("server.address", "host-0", "server.port", "443", "client.name", CLIENT)
			.tags("network.protocol.version", "2", "http.connection.state", "idle")
			.gauge()
			.value()).isEqualTo(2);
	}

	@Test
	void everyRegistryThatIsBoundHasTheMeters() {
		MeterRegistry other = new SimpleMeterRegistry();
		this.metrics.bindTo(this.registry);
		this.metrics.bindTo(this.registry);
		this.metrics.bindTo(other);
		this.metrics.acquired(connection("h2", 0), TOOK, false);
		assertThat(this.registry.get("http.client.connection.wait_time").timer().count()).isOne();
		assertThat(other.get("http.client.connection.wait_time").timer().count()).isOne();
	}

	@Test
	void resetsGoAwaysAndPingsAreCounted() {
		this.metrics.bindTo(this.registry);
		ConnectionInfo connection = connection("h2", 0);
		this.metrics.streamClosed(connection, null);
		this.metrics.streamClosed(connection, "REFUSED_STREAM");
		this.metrics.goAwayReceived(connection, "NO_ERROR");
		this.metrics.pingAcknowledged(connection, TOOK);
		assertThat(this.registry.get("http.client.stream.reset").tag("error", "REFUSED_STREAM").counter().count())
			.isOne();
		assertThat(this.registry.get("http.client.goaway.received").tag("error", "NO_ERROR").counter().count()).isOne();
		assertThat(this.registry.get("http.client.ping.rtt").timer().count()).isOne();
	}

	@Test
	void leaksAreCounted() {
		this.metrics.bindTo(this.registry);
		this.metrics.leaked(connection("h2", 0));
		this.metrics.leaked(connection("h2", 0));
		assertThat(this.registry.get("http.client.connection.leaks")
			.tags("client.name", CLIENT, "server.address", "host-0", "server.port", "443")
			.counter()
			.count()).isEqualTo(2);
	}

	@Test
	void replaysAreCountedByReasonAndOutcome() {
		this.metrics.bindTo(this.registry);
		this.metrics.replayed(CLIENT, host(0), "goaway", "answered");
		this.metrics.replayed(CLIENT, host(0), "goaway", "answered");
		this.metrics.replayed(CLIENT, host(0), "goaway", "rejected");
		assertThat(this.registry.get("http.client.replays").tag("outcome", "answered").counter().count()).isEqualTo(2);
		assertThat(this.registry.get("http.client.replays")
			.tags("reason", "goaway", "outcome", "rejected")
			.counter()
			.count()).isOne();
	}

	@Test
	void errorCodesThatAServerMakesUpShareOneMeter() {
		this.metrics.bindTo(this.registry);
		for (int code = 100; code < 1_000; code++) {
			this.metrics.goAwayReceived(connection("h2", 0), Integer.toString(code));
		}
		assertThat(this.registry.get("http.client.goaway.received").tag("error", "UNKNOWN").counter().count())
			.isEqualTo(900);
		assertThat(this.registry.find("http.client.goaway.received").counters()).hasSize(1);
	}

	@Test
	void connectionsThatWereNeverOpenedAreCountedAsClosed() {
		this.metrics.bindTo(this.registry);
		for (int failure = 0; failure < 10; failure++) {
			this.metrics.failed(CLIENT, host(0), "connect-error");
		}
		assertThat(this.registry.get("http.client.connection.closed").tag("reason", "connect-error").counter().count())
			.isEqualTo(10);
		assertThat(this.registry.find("http.client.connection.duration").timers()).isEmpty();
		assertThat(this.registry.find("http.client.open_connections").gauges()).hasSize(State.values().length);
	}

	@Test
	void hostsBeyondTheBoundShareTheirMeters() {
		this.metrics.bindTo(this.registry);
		Map<String, HostSnapshot> many = new TreeMap<>();
		for (int number = 0; number < 1_000; number++) {
			many.put(host(number), idle("h2", 1));
			this.metrics.opened(connection("h2", number), TOOK);
		}
		this.hosts.set(many);
		assertThat(this.registry.find("http.client.connection.create_time").timers()).hasSize(101);
		assertThat(
				this.registry.get("http.client.connection.create_time").tag("server.address", "other").timer().count())
			.isEqualTo(900);
		await().untilAsserted(() -> assertThat(this.registry.get("http.client.open_connections")
			.tags("server.address", "other", "http.connection.state", "idle")
			.gauge()
			.value()).isEqualTo(900));
		assertThat(this.registry.find("http.client.connection.max").gauges()).hasSize(100);
	}

	@Test
	void metersOfForgottenHostsAreRemovedWhenGaugesAreRead() {
		this.metrics.bindTo(this.registry);
		for (int number = 0; number < 200; number++) {
			this.hosts.set(Map.of(host(number), idle("h2", 1)));
			this.metrics.opened(connection("h2", number), TOOK);
			this.metrics.closed(connection("h2", number), "idle-timeout", TOOK);
		}
		this.hosts.set(Map.of(host(7), idle("h2", 1)));
		await().untilAsserted(() -> {
			this.registry.find("http.client.connection.pending_requests").gauges().forEach((gauge) -> gauge.value());
			assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getTag("server.address"))
				.containsOnly("host-7");
		});
		this.hosts.set(Map.of());
		await().untilAsserted(() -> {
			this.registry.find("http.client.connection.pending_requests").gauges().forEach((gauge) -> gauge.value());
			assertThat(this.registry.getMeters()).isEmpty();
		});
		this.metrics.opened(connection("h2", 7), TOOK);
		assertThat(this.registry.get("http.client.connection.create_time").timer().count()).isOne();
	}

	@Test
	void twoSchemesOnOnePortAreCountedTogether() {
		this.hosts.set(Map.of("http://same:1", idle("h2c", 1), "https://same:1", idle("h2", 2)));
		this.metrics.bindTo(this.registry);
		assertThat(this.registry.get("http.client.open_connections")
			.tags("http.connection.state", "idle", "network.protocol.version", "2")
			.gauge()
			.value()).isEqualTo(3);
	}

	@Test
	void metersThatTheUserDeniesAreNotRegistered() {
		this.registry.config().meterFilter(MeterFilter.denyNameStartsWith("http.client.connection"));
		this.metrics.bindTo(this.registry);
		this.metrics.opened(connection("h2", 0), TOOK);
		assertThat(this.registry.getMeters()).extracting(Meter::getId)
			.extracting(Meter.Id::getName)
			.contains("http.client.open_connections")
			.noneMatch((name) -> name.startsWith("http.client.connection"));
	}

	@Test
	void recordingAnExchangeAllocatesNothing() {
		MeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		this.metrics.bindTo(prometheus);
		ConnectionInfo connection = connection("h2", 0);
		int calls = 200_000;
		record(connection, calls);
		long before = allocated();
		record(connection, calls);
		double perCall = (double) (allocated() - before) / calls;
		assertThat(perCall).as("bytes for each exchange").isLessThan(1);
		assertThat(prometheus.get("http.client.connection.wait_time").timer().count()).isEqualTo(2L * calls);
	}

	private void record(ConnectionInfo connection, int calls) {
		for (int call = 0; call < calls; call++) {
			this.metrics.acquired(connection, TOOK, true);
			this.metrics.streamOpened(connection);
			this.metrics.streamClosed(connection, null);
			this.metrics.released(connection);
		}
	}

	private static long allocated() {
		return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
	}

	private ClientSnapshot snapshot() {
		return new ClientSnapshot(CLIENT, List.of(), this.hosts.get(), List.of(), false);
	}

	private static ConnectionInfo connection(String protocol, int number) {
		return new ConnectionInfo(CLIENT, host(number), "6f1c2a9e", protocol);
	}

	private static String host(int number) {
		return "https://host-%d:443".formatted(number);
	}

	private static HostSnapshot idle(String protocol, int connections) {
		return new HostSnapshot(protocol, null, 0, HostSnapshot.Connections.of(Map.of(State.IDLE, connections)),
				new HostSnapshot.Streams(0, 100), List.of(), 1, 0, null, null, 0, HostSnapshot.Counters.NONE,
				Latency.NONE, List.of(), null, null, 0);
	}

}
