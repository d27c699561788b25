package dev.connpool.pool.connection;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostEvents;
import dev.connpool.pool.host.IdleCount;

/**
 * Whom a connection belongs to: what it shares with the other connections to its host,
 * and who is told what becomes of it. For any thread.
 */
public interface ConnectionOwner {

	/**
	 * Return the host.
	 * @return what is true of it
	 */
	Host host();

	/**
	 * Return whether the calling thread may do what belongs to the mailbox of the host.
	 * For assertions.
	 * @return whether it handles an event of that mailbox
	 */
	boolean inMailbox();

	/**
	 * Return where what happens with the host becomes known.
	 * @return the events
	 */
	HostEvents events();

	/**
	 * Return how many connections are idle.
	 * @return the count of the host
	 */
	IdleCount idleCount();

	/**
	 * Return which connection goes when too many are idle.
	 * @return the idle connections of all hosts of the client
	 */
	LeastRecentlyUsed idleConnections();

	/**
	 * Return how long connections may be idle.
	 * @return the limit, which may be learned from the server
	 */
	IdleLimit idleLimit();

	/**
	 * Note that a connection has room for another exchange, or will have when its event
	 * loop has done what it is doing now.
	 * @param connection the connection
	 */
	void roomFree(PooledConnection connection);

	/**
	 * Note what the server's SETTINGS allow.
	 * @param limit the streams that may be open at once on one connection
	 */
	void streamLimit(int limit);

	/**
	 * Note that a server has not said in time what a connection can carry, and that the
	 * connection is closed for that.
	 * @param error what callers are told who wait for such a connection
	 */
	void settingsMissing(ConnPoolException error);

	/**
	 * Find another connection for an exchange whose connection went away before use.
	 * @param lease the lease of the exchange
	 */
	void reassign(Lease lease);

	/**
	 * Close a connection unless it is in use.
	 * @param connection the connection
	 * @param reason the reason
	 */
	void evict(PooledConnection connection, CloseReason reason);

	/**
	 * Close a connection to make room for those of other hosts, unless it was used
	 * meanwhile.
	 * @param connection the connection
	 * @param since when it was last used
	 * @param settled run when that is settled
	 */
	void makeRoom(PooledConnection connection, long since, Runnable settled);

	/**
	 * Use a connection no more, and close it when its exchanges have ended.
	 * @param connection the connection
	 * @param reason the reason
	 */
	void retire(PooledConnection connection, CloseReason reason);

	/**
	 * Return whether a connection may be opened in place of one that ends when its
	 * exchanges have.
	 * @return whether the limit leaves room for both, and streams need not share one
	 */
	boolean mayReplaceConnection();

	/**
	 * Note that the event loop of a connection has been stopped, so that it cannot be
	 * closed in order.
	 * @param connection the connection
	 */
	void stranded(PooledConnection connection);

}
