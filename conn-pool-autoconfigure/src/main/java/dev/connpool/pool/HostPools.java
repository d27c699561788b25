package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.pool.acquire.HostPool;
import dev.connpool.pool.acquire.HostPoolOwner;
import dev.connpool.pool.acquire.QuietHosts;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.LeastRecentlyUsed;
import dev.connpool.pool.connection.SessionFactory;
import dev.connpool.pool.dial.NameResolution;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostKey;
import dev.connpool.pool.host.IdleCount;
import dev.connpool.pool.host.RecentlyClosed;
import dev.connpool.pool.host.ReplayBudget;
import dev.connpool.pool.memory.ClientMemory;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.Proxy;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

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
	 * @param spec what shapes its connections
	 * @param key the same, to find it by
	 * @param now the settings
	 * @return the pool
	 */
	HostPool find(ConnectionSpec spec, HostKey key, SettingsGeneration now) {
		HostPool pool = this.pools.computeIfAbsent(key, (absent) -> create(spec, absent, now));
		if (!isCurrent(pool)) {
			// What replaced it did not see it yet.
			pool.supersede();
		}
		return pool;
	}

	private HostPool create(ConnectionSpec spec, HostKey key, SettingsGeneration now) {
		return new HostPool(this, key, host(spec, key, now), this.names.resolver(spec), spec.eventLoops().next());
	}

	private Host host(ConnectionSpec spec, HostKey key, SettingsGeneration now) {
		// Whoever was given a proxy otherwise cares for it.
		Proxy proxy = (!spec.hasProxy() && key.address() instanceof InetSocketAddress inet)
				? now.proxies().forHost(key.secure(), inet.getHostString(), inet.getPort()) : null;
		return Host.of(this.client.name(), key, now.settings(), proxy);
	}

	/**
	 * Say why a request cannot be served.
	 * @param spec what shapes the connections
	 * @param key the same
	 * @param now the settings
	 * @return the error, or {@code null} if nothing is known against it
	 */
	@Nullable Throwable obstacle(ConnectionSpec spec, HostKey key, SettingsGeneration now) {
		if (spec.hasProtocols()) {
			return new IllegalStateException(
					"Client '%s': set 'protocols' in its properties instead of calling HttpClient.protocol(…)"
						.formatted(this.client.name()));
		}
		return now.speaks(key.secure()) ? null : host(spec, key, now).errors().noProtocolForScheme();
	}

	// For the pools

	@Override
	public void redirect(Lease lease, HostPool former) {
		SettingsGeneration now = this.client.generation();
		HostKey key = HostKey.of(lease.spec(), former.key().address(), now.number());
		Throwable obstacle = obstacle(lease.spec(), key, now);
		if (obstacle != null) {
			lease.fail(obstacle, former.eventLoop());
			return;
		}
		HostPool successor = find(lease.spec(), key, now);
		lease.moveTo(successor.dispatcher());
		successor.dispatcher().acquire(lease);
	}

	@Override
	public void keepReady(HostPool former, ConnectionSpec spec, Runnable settled) {
		SettingsGeneration now = this.client.generation();
		HostKey key = HostKey.of(spec, former.key().address(), now.number());
		if (obstacle(spec, key, now) != null) {
			// Requests are told so.
			settled.run();
			return;
		}
		find(spec, key, now).keepReady(spec, settled);
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
	public RecentlyClosed recentlyClosed() {
		return this.client.recentlyClosed();
	}

	@Override
	public ClientMemory memory() {
		return this.client.memory();
	}

	@Override
	public ReplayBudget replayBudget(Host host) {
		return this.client.generation().replayBudgets().of(host.own());
	}

	@Override
	public SessionFactory sessionFactory(Protocol protocol) {
		return this.client.sessionFactory(protocol);
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
	public void channelMade(EventLoop eventLoop) {
		this.client.channelMade(eventLoop);
	}

	@Override
	public void connectionGone() {
		this.client.connectionGone();
	}

}
