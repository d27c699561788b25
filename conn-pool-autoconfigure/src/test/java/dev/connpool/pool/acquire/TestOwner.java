package dev.connpool.pool.acquire;

import java.net.InetSocketAddress;

import dev.connpool.listener.ConnectionListeners;
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
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Protocol;
import io.netty.channel.EventLoop;
import io.netty.resolver.DefaultAddressResolverGroup;

/**
 * A client of which there is nothing but what the pool of a host asks it for.
 */
final class TestOwner implements HostPoolOwner {

	private final ClientSettings settings;

	private final IdleCount idleCount = new IdleCount();

	private final LeastRecentlyUsed idleConnections = new LeastRecentlyUsed(this.idleCount::get, () -> 1000);

	private final QuietHosts quietHosts = new QuietHosts();

	private final RecentlyClosed recentlyClosed = new RecentlyClosed();

	private final ClientMemory memory = new ClientMemory(ClientSettings.DEFAULTS.endpoint());

	boolean shutDown;

	TestOwner(ClientSettings settings) {
		this.settings = settings;
	}

	HostPool pool(EventLoop eventLoop) {
		HostKey key = new HostKey(false, InetSocketAddress.createUnresolved("localhost", 80), 0, 1, null, 1);
		return new HostPool(this, key, Host.of("test", key, this.settings, null), DefaultAddressResolverGroup.INSTANCE,
				eventLoop);
	}

	@Override
	public boolean isShutDown() {
		return this.shutDown;
	}

	@Override
	public boolean isCurrent(HostPool pool) {
		return true;
	}

	@Override
	public long tick() {
		return 1;
	}

	@Override
	public ConnectionListeners listeners() {
		return ConnectionListeners.NONE;
	}

	@Override
	public RecentlyClosed recentlyClosed() {
		return this.recentlyClosed;
	}

	@Override
	public ClientMemory memory() {
		return this.memory;
	}

	@Override
	public ReplayBudget replayBudget(Host host) {
		return new ReplayBudget(this.settings.replay(), System.nanoTime());
	}

	@Override
	public SessionFactory sessionFactory(Protocol protocol) {
		throw new UnsupportedOperationException("No connection is opened");
	}

	@Override
	public IdleCount idleCount() {
		return this.idleCount;
	}

	@Override
	public NameResolution names() {
		return new NameResolution(this.settings.dns());
	}

	@Override
	public void watch(EventLoop eventLoop) {
		// It does not stop.
	}

	@Override
	public LeastRecentlyUsed idleConnections() {
		return this.idleConnections;
	}

	@Override
	public QuietHosts quietHosts() {
		return this.quietHosts;
	}

	@Override
	public void connectionBegun() {
		// Not counted.
	}

	@Override
	public void channelMade(EventLoop eventLoop) {
		// It is not asked.
	}

	@Override
	public void connectionGone() {
		// Not counted.
	}

	@Override
	public void redirect(Lease lease, HostPool former) {
		throw new UnsupportedOperationException("There is no other pool");
	}

	@Override
	public void keepReady(HostPool former, ConnectionSpec spec, Runnable settled) {
		throw new UnsupportedOperationException("There is no other pool");
	}

	@Override
	public void forget(HostPool pool) {
		// Nor is it remembered.
	}

}
