package dev.connpool.testing;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.DiscardSettings;
import dev.connpool.settings.DnsSettings;
import dev.connpool.settings.FindingSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.Http2Settings;
import dev.connpool.settings.IdleTimeout;
import dev.connpool.settings.LeakSettings;
import dev.connpool.settings.PoolSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.ProxySettings;
import dev.connpool.settings.ReplaySettings;
import dev.connpool.settings.TimeoutSettings;

/**
 * The shipped settings, but for what a test changes.
 */
public final class TestSettings {

	private ClientSettings settings = ClientSettings.DEFAULTS;

	public TestSettings protocols(Protocol... protocols) {
		return client((client) -> client.protocols(List.of(protocols)));
	}

	public TestSettings maxConnectionsPerHost(int connections) {
		return pool((pool) -> pool.maxConnectionsPerHost(connections));
	}

	public TestSettings maxIdleConnectionsPerHost(int connections) {
		return pool((pool) -> pool.maxIdleConnectionsPerHost(connections));
	}

	public TestSettings maxIdleConnections(int connections) {
		return pool((pool) -> pool.maxIdleConnections(connections));
	}

	public TestSettings minIdleConnections(int connections) {
		return pool((pool) -> pool.minIdleConnections(connections));
	}

	public TestSettings idleTimeout(Duration timeout) {
		return idleTimeout(IdleTimeout.of(timeout));
	}

	public TestSettings idleTimeout(IdleTimeout timeout) {
		return pool((pool) -> pool.idleTimeout(timeout));
	}

	/** Without jitter. */
	public TestSettings maxLifetime(Duration lifetime) {
		return pool((pool) -> pool.maxLifetime(lifetime).maxLifetimeJitter(0));
	}

	public TestSettings maxPendingAcquires(int callers) {
		return pool((pool) -> pool.maxPendingAcquires(callers));
	}

	public TestSettings keepAlive(boolean keepAlive) {
		return pool((pool) -> pool.keepAlive(keepAlive));
	}

	public TestSettings connect(Duration deadline) {
		return timeouts((timeouts) -> timeouts.connect(deadline));
	}

	public TestSettings tlsHandshake(Duration deadline) {
		return timeouts((timeouts) -> timeouts.tlsHandshake(deadline));
	}

	public TestSettings acquire(Duration deadline) {
		return timeouts((timeouts) -> timeouts.acquire(deadline));
	}

	public TestSettings responseHeader(Duration deadline) {
		return timeouts((timeouts) -> timeouts.responseHeader(deadline));
	}

	public TestSettings request(Duration deadline) {
		return timeouts((timeouts) -> timeouts.request(deadline));
	}

	public TestSettings streamIdle(Duration deadline) {
		return timeouts((timeouts) -> timeouts.streamIdle(deadline));
	}

	public TestSettings expectContinue(Duration deadline) {
		return timeouts((timeouts) -> timeouts.expectContinue(deadline));
	}

	public TestSettings strictMaxConcurrentStreams() {
		return http2((http2) -> http2.strictMaxConcurrentStreams(true));
	}

	public TestSettings maxConcurrentStreams(int streams) {
		return http2((http2) -> http2.maxConcurrentStreams(streams));
	}

	public TestSettings windows(int stream, int connection) {
		return http2((http2) -> http2.initialWindowSize(stream).connectionWindowSize(connection));
	}

	public TestSettings maxHeaderListSize(int bytes) {
		return http2((http2) -> http2.maxHeaderListSize(bytes));
	}

	public TestSettings ping(Duration interval, Duration timeout) {
		return http2((http2) -> http2.pingInterval(interval).pingTimeout(timeout));
	}

	public TestSettings spreadAddresses() {
		return http2((http2) -> http2.spreadAddresses(true));
	}

	public TestSettings dns(DnsSettings dns) {
		return client((client) -> client.dns(dns));
	}

	public TestSettings maxResponseHeaderSize(int size) {
		return client((client) -> client.maxResponseHeaderSize(size));
	}

	public TestSettings proxy(ProxySettings proxy) {
		return client((client) -> client.proxy(proxy));
	}

	public TestSettings logExchanges() {
		return client((client) -> client.logExchanges(true));
	}

	public TestSettings discard(int maxBytes, Duration maxWait) {
		return client((client) -> client.discard(new DiscardSettings(maxBytes, maxWait)));
	}

	public TestSettings replay(ReplaySettings replay) {
		return client((client) -> client.replay(replay));
	}

	public TestSettings leaks(Duration detectionThreshold, Duration reclaimThreshold) {
		return client((client) -> client.leaks(new LeakSettings(detectionThreshold, reclaimThreshold)));
	}

	public TestSettings silenced(String... rules) {
		return client((client) -> client.findings(new FindingSettings(Set.of(rules))));
	}

	/** What differs from the settings so far for one host, whose alias is its name. */
	public TestSettings host(String authority, UnaryOperator<TestSettings> change) {
		TestSettings own = new TestSettings();
		own.settings = this.settings;
		change.apply(own);
		Map<String, HostSettings> hosts = new HashMap<>(this.settings.hosts());
		hosts.put(authority, new HostSettings(own.settings.pool(), own.settings.timeouts(), own.settings.http2(),
				own.settings.replay(), written(authority, own.settings)));
		return client((client) -> client.hosts(hosts));
	}

	private Map<String, String> written(String alias, ClientSettings own) {
		Map<String, String> properties = new HashMap<>();
		HostSettings inherited = HostSettings.of(this.settings);
		HostSettings changed = HostSettings.of(own);
		compare("pool", inherited.pool(), changed.pool(), properties);
		compare("timeouts", inherited.timeouts(), changed.timeouts(), properties);
		compare("http2", inherited.http2(), changed.http2(), properties);
		compare("replay", inherited.replay(), changed.replay(), properties);
		properties.replaceAll((setting, name) -> "conn-pool.hosts.%s.%s".formatted(alias, setting));
		return properties;
	}

	private static void compare(String group, Record inherited, Record changed, Map<String, String> differing) {
		for (RecordComponent component : inherited.getClass().getRecordComponents()) {
			try {
				if (!component.getAccessor().invoke(inherited).equals(component.getAccessor().invoke(changed))) {
					String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
					differing.put(group + "." + name, "");
				}
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	/** The settings as changed so far. */
	public ClientSettings build() {
		return this.settings;
	}

	private TestSettings pool(Consumer<PoolSettings.Builder> changes) {
		return client((client) -> client.pool(this.settings.pool().with(changes)));
	}

	private TestSettings timeouts(Consumer<TimeoutSettings.Builder> changes) {
		return client((client) -> client.timeouts(this.settings.timeouts().with(changes)));
	}

	private TestSettings http2(Consumer<Http2Settings.Builder> changes) {
		return client((client) -> client.http2(this.settings.http2().with(changes)));
	}

	private TestSettings client(Consumer<ClientSettings.Builder> changes) {
		this.settings = this.settings.with(changes);
		return this;
	}

}
