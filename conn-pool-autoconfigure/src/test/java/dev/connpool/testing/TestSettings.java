package dev.connpool.testing;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.DnsSettings;
import dev.connpool.settings.DrainSettings;
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
		ClientSettings from = this.settings;
		this.settings = new ClientSettings(from.baseUrl(), List.of(protocols), from.pool(), from.timeouts(), from.tcp(),
				from.http2(), from.drain(), from.replay(), from.dns(), from.proxy(), from.compression(),
				from.maxResponseHeaderSize(), from.sslBundle(), from.logExchanges(), from.leaks(), from.findings(),
				from.hosts());
		return this;
	}

	public TestSettings maxConnectionsPerHost(int connections) {
		PoolSettings from = this.settings.pool();
		return pool(new PoolSettings(connections, from.maxIdleConnectionsPerHost(), from.maxIdleConnections(),
				from.minIdleConnections(), from.idleTimeout(), from.maxLifetime(), from.maxLifetimeJitter(),
				from.maxPendingAcquires(), from.keepAlive()));
	}

	public TestSettings maxIdleConnectionsPerHost(int connections) {
		PoolSettings from = this.settings.pool();
		return pool(new PoolSettings(from.maxConnectionsPerHost(), connections, from.maxIdleConnections(),
				from.minIdleConnections(), from.idleTimeout(), from.maxLifetime(), from.maxLifetimeJitter(),
				from.maxPendingAcquires(), from.keepAlive()));
	}

	public TestSettings maxIdleConnections(int connections) {
		PoolSettings from = this.settings.pool();
		return pool(new PoolSettings(from.maxConnectionsPerHost(), from.maxIdleConnectionsPerHost(), connections,
				from.minIdleConnections(), from.idleTimeout(), from.maxLifetime(), from.maxLifetimeJitter(),
				from.maxPendingAcquires(), from.keepAlive()));
	}

	public TestSettings minIdleConnections(int connections) {
		PoolSettings from = this.settings.pool();
		return pool(new PoolSettings(from.maxConnectionsPerHost(), from.maxIdleConnectionsPerHost(),
				from.maxIdleConnections(), connections, from.idleTimeout(), from.maxLifetime(),
				from.maxLifetimeJitter(), from.maxPendingAcquires(), from.keepAlive()));
	}

	public TestSettings idleTimeout(Duration timeout) {
		return idleTimeout(IdleTimeout.of(timeout));
	}

	public TestSettings idleTimeout(IdleTimeout timeout) {
		PoolSettings from = this.settings.pool();
		return pool(new PoolSettings(from.maxConnectionsPerHost(), from.maxIdleConnectionsPerHost(),
				from.maxIdleConnections(), from.minIdleConnections(), timeout, from.maxLifetime(),
				from.maxLifetimeJitter(), from.maxPendingAcquires(), from.keepAlive()));
	}

	/** Without jitter. */
	public TestSettings maxLifetime(Duration lifetime) {
		PoolSettings from = this.settings.pool();
		return pool(new PoolSettings(from.maxConnectionsPerHost(), from.maxIdleConnectionsPerHost(),
				from.maxIdleConnections(), from.minIdleConnections(), from.idleTimeout(), lifetime, 0,
				from.maxPendingAcquires(), from.keepAlive()));
	}

	public TestSettings maxPendingAcquires(int callers) {
		PoolSettings from = this.settings.pool();
		return pool(new PoolSettings(from.maxConnectionsPerHost(), from.maxIdleConnectionsPerHost(),
				from.maxIdleConnections(), from.minIdleConnections(), from.idleTimeout(), from.maxLifetime(),
				from.maxLifetimeJitter(), callers, from.keepAlive()));
	}

	public TestSettings keepAlive(boolean keepAlive) {
		PoolSettings from = this.settings.pool();
		return pool(new PoolSettings(from.maxConnectionsPerHost(), from.maxIdleConnectionsPerHost(),
				from.maxIdleConnections(), from.minIdleConnections(), from.idleTimeout(), from.maxLifetime(),
				from.maxLifetimeJitter(), from.maxPendingAcquires(), keepAlive));
	}

	public TestSettings connect(Duration deadline) {
		TimeoutSettings from = this.settings.timeouts();
		return timeouts(new TimeoutSettings(deadline, from.tlsHandshake(), from.acquire(), from.responseHeader(),
				from.request(), from.streamIdle(), from.expectContinue()));
	}

	public TestSettings tlsHandshake(Duration deadline) {
		TimeoutSettings from = this.settings.timeouts();
		return timeouts(new TimeoutSettings(from.connect(), deadline, from.acquire(), from.responseHeader(),
				from.request(), from.streamIdle(), from.expectContinue()));
	}

	public TestSettings acquire(Duration deadline) {
		TimeoutSettings from = this.settings.timeouts();
		return timeouts(new TimeoutSettings(from.connect(), from.tlsHandshake(), deadline, from.responseHeader(),
				from.request(), from.streamIdle(), from.expectContinue()));
	}

	public TestSettings responseHeader(Duration deadline) {
		TimeoutSettings from = this.settings.timeouts();
		return timeouts(new TimeoutSettings(from.connect(), from.tlsHandshake(), from.acquire(), deadline,
				from.request(), from.streamIdle(), from.expectContinue()));
	}

	public TestSettings request(Duration deadline) {
		TimeoutSettings from = this.settings.timeouts();
		return timeouts(new TimeoutSettings(from.connect(), from.tlsHandshake(), from.acquire(), from.responseHeader(),
				deadline, from.streamIdle(), from.expectContinue()));
	}

	public TestSettings streamIdle(Duration deadline) {
		TimeoutSettings from = this.settings.timeouts();
		return timeouts(new TimeoutSettings(from.connect(), from.tlsHandshake(), from.acquire(), from.responseHeader(),
				from.request(), deadline, from.expectContinue()));
	}

	public TestSettings expectContinue(Duration deadline) {
		TimeoutSettings from = this.settings.timeouts();
		return timeouts(new TimeoutSettings(from.connect(), from.tlsHandshake(), from.acquire(), from.responseHeader(),
				from.request(), from.streamIdle(), deadline));
	}

	public TestSettings strictMaxConcurrentStreams() {
		Http2Settings from = this.settings.http2();
		return http2(new Http2Settings(true, from.maxConcurrentStreams(), from.initialWindowSize(),
				from.connectionWindowSize(), from.maxHeaderListSize(), from.headerTableSize(), from.pingInterval(),
				from.pingTimeout(), from.spreadAddresses()));
	}

	public TestSettings maxConcurrentStreams(int streams) {
		Http2Settings from = this.settings.http2();
		return http2(new Http2Settings(from.strictMaxConcurrentStreams(), streams, from.initialWindowSize(),
				from.connectionWindowSize(), from.maxHeaderListSize(), from.headerTableSize(), from.pingInterval(),
				from.pingTimeout(), from.spreadAddresses()));
	}

	public TestSettings windows(int stream, int connection) {
		Http2Settings from = this.settings.http2();
		return http2(new Http2Settings(from.strictMaxConcurrentStreams(), from.maxConcurrentStreams(), stream,
				connection, from.maxHeaderListSize(), from.headerTableSize(), from.pingInterval(), from.pingTimeout(),
				from.spreadAddresses()));
	}

	public TestSettings maxHeaderListSize(int bytes) {
		Http2Settings from = this.settings.http2();
		return http2(new Http2Settings(from.strictMaxConcurrentStreams(), from.maxConcurrentStreams(),
				from.initialWindowSize(), from.connectionWindowSize(), bytes, from.headerTableSize(),
				from.pingInterval(), from.pingTimeout(), from.spreadAddresses()));
	}

	public TestSettings ping(Duration interval, Duration timeout) {
		Http2Settings from = this.settings.http2();
		return http2(new Http2Settings(from.strictMaxConcurrentStreams(), from.maxConcurrentStreams(),
				from.initialWindowSize(), from.connectionWindowSize(), from.maxHeaderListSize(), from.headerTableSize(),
				interval, timeout, from.spreadAddresses()));
	}

	public TestSettings spreadAddresses() {
		Http2Settings from = this.settings.http2();
		return http2(new Http2Settings(from.strictMaxConcurrentStreams(), from.maxConcurrentStreams(),
				from.initialWindowSize(), from.connectionWindowSize(), from.maxHeaderListSize(), from.headerTableSize(),
				from.pingInterval(), from.pingTimeout(), true));
	}

	public TestSettings dns(DnsSettings dns) {
		ClientSettings from = this.settings;
		this.settings = new ClientSettings(from.baseUrl(), from.protocols(), from.pool(), from.timeouts(), from.tcp(),
				from.http2(), from.drain(), from.replay(), dns, from.proxy(), from.compression(),
				from.maxResponseHeaderSize(), from.sslBundle(), from.logExchanges(), from.leaks(), from.findings(),
				from.hosts());
		return this;
	}

	public TestSettings maxResponseHeaderSize(int size) {
		ClientSettings from = this.settings;
		this.settings = new ClientSettings(from.baseUrl(), from.protocols(), from.pool(), from.timeouts(), from.tcp(),
				from.http2(), from.drain(), from.replay(), from.dns(), from.proxy(), from.compression(), size,
				from.sslBundle(), from.logExchanges(), from.leaks(), from.findings(), from.hosts());
		return this;
	}

	public TestSettings proxy(ProxySettings proxy) {
		ClientSettings from = this.settings;
		this.settings = new ClientSettings(from.baseUrl(), from.protocols(), from.pool(), from.timeouts(), from.tcp(),
				from.http2(), from.drain(), from.replay(), from.dns(), proxy, from.compression(),
				from.maxResponseHeaderSize(), from.sslBundle(), from.logExchanges(), from.leaks(), from.findings(),
				from.hosts());
		return this;
	}

	public TestSettings logExchanges() {
		ClientSettings from = this.settings;
		this.settings = new ClientSettings(from.baseUrl(), from.protocols(), from.pool(), from.timeouts(), from.tcp(),
				from.http2(), from.drain(), from.replay(), from.dns(), from.proxy(), from.compression(),
				from.maxResponseHeaderSize(), from.sslBundle(), true, from.leaks(), from.findings(), from.hosts());
		return this;
	}

	public TestSettings drain(int maxBytes, Duration maxWait) {
		ClientSettings from = this.settings;
		this.settings = new ClientSettings(from.baseUrl(), from.protocols(), from.pool(), from.timeouts(), from.tcp(),
				from.http2(), new DrainSettings(maxBytes, maxWait), from.replay(), from.dns(), from.proxy(),
				from.compression(), from.maxResponseHeaderSize(), from.sslBundle(), from.logExchanges(), from.leaks(),
				from.findings(), from.hosts());
		return this;
	}

	public TestSettings replay(ReplaySettings replay) {
		ClientSettings from = this.settings;
		this.settings = new ClientSettings(from.baseUrl(), from.protocols(), from.pool(), from.timeouts(), from.tcp(),
				from.http2(), from.drain(), replay, from.dns(), from.proxy(), from.compression(),
				from.maxResponseHeaderSize(), from.sslBundle(), from.logExchanges(), from.leaks(), from.findings(),
				from.hosts());
		return this;
	}

	public TestSettings leaks(Duration detectionThreshold, Duration reclaimThreshold) {
		ClientSettings from = this.settings;
		this.settings = new ClientSettings(from.baseUrl(), from.protocols(), from.pool(), from.timeouts(), from.tcp(),
				from.http2(), from.drain(), from.replay(), from.dns(), from.proxy(), from.compression(),
				from.maxResponseHeaderSize(), from.sslBundle(), from.logExchanges(),
				new LeakSettings(detectionThreshold, reclaimThreshold), from.findings(), from.hosts());
		return this;
	}

	public TestSettings silenced(String... rules) {
		ClientSettings from = this.settings;
		this.settings = new ClientSettings(from.baseUrl(), from.protocols(), from.pool(), from.timeouts(), from.tcp(),
				from.http2(), from.drain(), from.replay(), from.dns(), from.proxy(), from.compression(),
				from.maxResponseHeaderSize(), from.sslBundle(), from.logExchanges(), from.leaks(),
				new FindingSettings(Set.of(rules)), from.hosts());
		return this;
	}

	/** What differs from the settings so far for one host, its pool and HTTP/2. */
	public TestSettings host(String authority, UnaryOperator<TestSettings> change) {
		ClientSettings from = this.settings;
		ClientSettings own = change.apply(this).settings;
		Map<String, HostSettings> hosts = new HashMap<>(from.hosts());
		hosts.put(authority, new HostSettings(own.pool(), own.http2()));
		this.settings = new ClientSettings(from.baseUrl(), from.protocols(), from.pool(), from.timeouts(), from.tcp(),
				from.http2(), from.drain(), from.replay(), from.dns(), from.proxy(), from.compression(),
				from.maxResponseHeaderSize(), from.sslBundle(), from.logExchanges(), from.leaks(), from.findings(),
				hosts);
		return this;
	}

	/** The settings as changed so far. */
	public ClientSettings build() {
		return this.settings;
	}

	private TestSettings pool(PoolSettings pool) {
		return with(pool, this.settings.timeouts(), this.settings.http2());
	}

	private TestSettings timeouts(TimeoutSettings timeouts) {
		return with(this.settings.pool(), timeouts, this.settings.http2());
	}

	private TestSettings http2(Http2Settings http2) {
		return with(this.settings.pool(), this.settings.timeouts(), http2);
	}

	private TestSettings with(PoolSettings pool, TimeoutSettings timeouts, Http2Settings http2) {
		ClientSettings from = this.settings;
		this.settings = new ClientSettings(from.baseUrl(), from.protocols(), pool, timeouts, from.tcp(), http2,
				from.drain(), from.replay(), from.dns(), from.proxy(), from.compression(), from.maxResponseHeaderSize(),
				from.sslBundle(), from.logExchanges(), from.leaks(), from.findings(), from.hosts());
		return this;
	}

}
