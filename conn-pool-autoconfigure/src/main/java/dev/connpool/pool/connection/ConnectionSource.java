package dev.connpool.pool.connection;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostEvents;
import dev.connpool.pool.host.ReplayBudget;

/**
 * Where exchanges get their connections from. For any thread.
 */
public interface ConnectionSource {

	/**
	 * Return the host.
	 * @return what is true of it
	 */
	Host host();

	/**
	 * Say why no request is served any more.
	 * @return that the client is shut down, or else that its event loops are
	 */
	ConnPoolException unavailable();

	/**
	 * Return where what happens with the host becomes known.
	 * @return the events
	 */
	HostEvents events();

	/**
	 * Return what bounds the requests that are sent again.
	 * @return the budget of the client, or of the host if it has its own
	 */
	ReplayBudget replayBudget();

	/**
	 * Give an exchange a connection, or have it wait for one.
	 * @param lease the lease of the exchange
	 */
	void acquire(Lease lease);

	/**
	 * Note that nobody wants the connection any more that an exchange waits for.
	 * @param lease the lease of the exchange
	 */
	void cancelled(Lease lease);

	/**
	 * Note that a request is sent again in a while, for which nobody waits once the
	 * client is shut down.
	 * @param lease the lease of the exchange
	 */
	void rests(Lease lease);

	/**
	 * Find a connection for a request that is sent again.
	 * @param lease the lease of the exchange
	 */
	void replay(Lease lease);

	/**
	 * Say what callers find.
	 * @return how many connections there are, and how many wait
	 */
	String describe();

	/**
	 * Say that a caller has waited for longer than it may, and count it.
	 * @return the error
	 */
	ConnPoolException acquireTimeout();

}
