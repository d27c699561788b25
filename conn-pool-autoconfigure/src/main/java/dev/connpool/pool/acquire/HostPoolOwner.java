package dev.connpool.pool.acquire;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.LeastRecentlyUsed;
import dev.connpool.pool.connection.SessionFactory;
import dev.connpool.pool.dial.NameResolution;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.IdleCount;
import dev.connpool.pool.host.RecentlyClosed;
import dev.connpool.pool.host.ReplayBudget;
import dev.connpool.pool.memory.ClientMemory;
import dev.connpool.settings.Protocol;
import io.netty.channel.EventLoop;

/**
 * What the pool of one host is part of: what it shares with the other hosts of its
 * client, and who is told what concerns them. For any thread.
 */
public interface HostPoolOwner {

	/**
	 * Return whether nobody is served any more.
	 * @return whether the client has been shut down
	 */
	boolean isShutDown();

	/**
	 * Return whether new requests use the connections of a pool.
	 * @param pool the pool
	 * @return whether neither the settings nor the TLS context were replaced
	 */
	boolean isCurrent(HostPool pool);

	/**
	 * Return how often deadlines are looked at.
	 * @return the time in nanoseconds
	 */
	long tick();

	/**
	 * Return who is told what connections do.
	 * @return the listeners
	 */
	ConnectionListeners listeners();

	/**
	 * Return what remembers connections that are closed.
	 * @return the connections of all hosts that were closed last
	 */
	RecentlyClosed recentlyClosed();

	/**
	 * Return what is remembered of hosts.
	 * @return the memory of all hosts
	 */
	ClientMemory memory();

	/**
	 * Return what bounds the requests that are sent again.
	 * @param host the host
	 * @return the budget of the client, or of the host if it has its own
	 */
	ReplayBudget replayBudget(Host host);

	/**
	 * Return how a connection comes to speak a protocol.
	 * @param protocol the protocol
	 * @return what has it speak that
	 */
	SessionFactory sessionFactory(Protocol protocol);

	/**
	 * Return how many connections are idle.
	 * @return the count of all hosts
	 */
	IdleCount idleCount();

	/**
	 * Return who looks up names.
	 * @return the names of the client
	 */
	NameResolution names();

	/**
	 * Notice when an event loop is about to stop.
	 * @param eventLoop an event loop in use
	 */
	void watch(EventLoop eventLoop);

	/**
	 * Return which connection goes when too many are idle.
	 * @return the idle connections of all hosts
	 */
	LeastRecentlyUsed idleConnections();

	/**
	 * Return which host is forgotten when there are too many that nobody needs.
	 * @return the hosts that nobody needs
	 */
	QuietHosts quietHosts();

	/**
	 * Note that a connection is being opened.
	 */
	void connectionBegun();

	/**
	 * Note that a connection has a channel now.
	 * @param eventLoop its event loop
	 */
	void channelMade(EventLoop eventLoop);

	/**
	 * Note that a connection is closed, or could not be opened.
	 */
	void connectionGone();

	/**
	 * Send a caller on whose pool was forgotten or superseded just before it came.
	 * @param lease the lease of the exchange
	 * @param former the pool that took it
	 */
	void redirect(Lease lease, HostPool former);

	/**
	 * Have another pool keep connections ready.
	 * @param former the pool that does so no more
	 * @param spec how to open them
	 * @param settled told once when they are open, or one could not be opened
	 */
	void keepReady(HostPool former, ConnectionSpec spec, Runnable settled);

	/**
	 * Note that nobody needs a pool any more.
	 * @param pool the pool
	 */
	void forget(HostPool pool);

}
