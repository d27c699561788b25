package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.settings.Proxy;
import dev.connpool.snapshot.ClosedConnection;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClientConfig;

/**
 * The hosts that one client has connections to: which pool serves a request, and which
 * takes the place of another. Safe for use by many threads.
 */
final class HostPools implements HostPoolOwner {

	private final ConnectionPool client;

	private final NameResolution names;

	private final Map<HostKey, HostPool> pools = new ConcurrentHashMap<>();

	private final QuietHosts quietHosts = new QuietHosts();

	/**
	 * Create hosts, none at first.
	 * @param client the client
	 * @param names finds out what the names of hosts stand for
	 */
	HostPools(ConnectionPool client, NameResolution names) {
		this.client = client;
		this.names = names;
	}

	/**
	 * Return the pools.
	 * @return the pools, as they come and go
	 */
	Collection<HostPool> pools() {
		return this.pools.values();
	}

	/**
	 * Return the pools of one host.
	 * @param origin the host as {@code scheme://host:port}
	 * @return one for each way to open connections; none if there has been no request
	 */
	List<HostPool> pools(String origin) {
		return pools().stream().filter((pool) -> pool.host().origin().equalsIgnoreCase(origin)).toList();
	}

	@Nullable HostPool get(HostKey key) {
		return this.pools.get(key);
	}

	/**
	 * Return the pool that serves a request, and create it if there is none.
	 * @param config the client as it was configured
	 * @param key what shapes its connections
	 * @param now the settings
	 * @param resolver resolves the name of the host
	 * @return the pool
	 */
	HostPool find(HttpClientConfig config, HostKey key, SettingsGeneration now, AddressResolverGroup<?> resolver) {
		HostPool pool = this.pools.computeIfAbsent(key, (absent) -> create(config, absent, now, resolver));
		if (!isCurrent(pool)) {
			// What replaced it did not see it yet.
			pool.supersede();
		}
		return pool;
	}

	private HostPool create(HttpClientConfig config, HostKey key, SettingsGeneration now,
			AddressResolverGroup<?> resolver) {
		EventLoop eventLoop = config.loopResources().onClient(config.isPreferNative()).next();
		return new HostPool(this, key, host(config, key, now), this.names.resolver(config, resolver), eventLoop);
	}

	private Host host(HttpClientConfig config, HostKey key, SettingsGeneration now) {
		// Reactor Netty cares for a proxy that was given to it.
		Proxy proxy = (!config.hasProxy() && key.address() instanceof InetSocketAddress inet)
				? now.proxies().forHost(key.secure(), inet.getHostString(), inet.getPort()) : null;
		return Host.of(this.client.name(), key, now.settings(), proxy);
	}

	/**
	 * Say why a request cannot be served.
	 * @param config the client as it was configured
	 * @param key what shapes its connections
	 * @param now the settings
	 * @return the error, or {@code null} if nothing is known against it
	 */
	@Nullable Throwable obstacle(HttpClientConfig config, HostKey key, SettingsGeneration now) {
		if (config.protocols().length != 1 || config.protocols()[0] != HttpProtocol.HTTP11) {
			return new IllegalStateException(
					"Client '%s': set 'protocols' in its properties instead of calling HttpClient.protocol(…)"
						.formatted(this.client.name()));
		}
		Host host = host(config, key, now);
		if (key.secure() && now.speaksH2cOnly()) {
			return host.noCommonProtocol("'h2c' is for http; add 'h2' or 'http/1.1' for https");
		}
		return (!key.secure() && host.protocolFor(null) == null)
				? host.noCommonProtocol("'h2' needs https; add 'http/1.1' or 'h2c' for http") : null;
	}

	// For the pools

	@Override
	public void redirect(Exchange exchange, HostPool former) {
		SettingsGeneration now = this.client.generation();
		HostKey key = HostKey.of(exchange.config, former.key().address(), now.number());
		Throwable obstacle = obstacle(exchange.config, key, now);
		if (obstacle != null) {
			exchange.fail(obstacle, former.eventLoop());
			return;
		}
		HostPool successor = find(exchange.config, key, now, former.addresses().resolver());
		exchange.moveTo(successor.dispatcher());
		successor.dispatcher().acquire(exchange);
	}

	@Override
	public void keepReady(HostPool former, HttpClientConfig config, Runnable settled) {
		SettingsGeneration now = this.client.generation();
		HostKey key = HostKey.of(config, former.key().address(), now.number());
		if (obstacle(config, key, now) != null) {
			// Requests are told so.
			settled.run();
			return;
		}
		find(config, key, now, former.addresses().resolver()).keepReady(config, settled);
	}

	@Override
	public void forget(HostPool pool) {
		this.pools.remove(pool.key(), pool);
	}

	@Override
	public boolean isShutDown() {
		return this.client.isShutDown();
	}

	@Override
	public boolean isCurrent(HostPool pool) {
		return pool.key().isCurrent(this.client.generation().number());
	}

	@Override
	public long tick() {
		return this.client.generation().tick();
	}

	@Override
	public ConnectionListeners listeners() {
		return this.client.listeners();
	}

	@Override
	public ReplayBudget replayBudget(Host host) {
		return this.client.generation().replayBudgets().of(host.own());
	}

	@Override
	public InFlightExchanges inFlight(EventLoop eventLoop) {
		return this.client.inFlight(eventLoop);
	}

	@Override
	public IdleCount idleCount() {
		return this.client.idleCount();
	}

	@Override
	public NameResolution names() {
		return this.names;
	}

	@Override
	public void watch(EventLoop eventLoop) {
		this.client.watch(eventLoop);
	}

	@Override
	public LeastRecentlyUsed idleConnections() {
		return this.client.idleConnections();
	}

	@Override
	public QuietHosts quietHosts() {
		return this.quietHosts;
	}

	@Override
	public void connectionBegun() {
		this.client.connectionBegun();
	}

	@Override
	public void connectionGone(@Nullable ClosedConnection connection) {
		this.client.connectionGone(connection);
	}

}
