package dev.connpool.pool;

import dev.connpool.error.ConnPoolException;
import dev.connpool.listener.ConnectionListeners;

/**
 * Where exchanges get their connections from. For any thread.
 */
interface ConnectionSource {

	/**
	 * Return the host.
	 * @return what is true of it
	 */
	Host host();

	/**
	 * Say why no request is served any more.
	 * @return that the client is shut down, or else that its event loops are
	 */
	ConnPoolException closed();

	/**
	 * Return where the events of the host are counted.
	 * @return the counters
	 */
	HostCounters counters();

	/**
	 * Return who is told what connections do.
	 * @return the listeners
	 */
	ConnectionListeners listeners();

	/**
	 * Return what bounds the requests that are sent again.
	 * @return the budget of the client, or of the host if it has its own
	 */
	ReplayBudget replayBudget();

	/**
	 * Give an exchange a connection, or have it wait for one.
	 * @param exchange the exchange
	 */
	void acquire(Exchange exchange);

	/**
	 * Note that nobody wants the connection any more that an exchange waits for.
	 * @param exchange the exchange
	 */
	void cancelled(Exchange exchange);

	/**
	 * Note that a request is sent again in a while, for which nobody waits once the
	 * client is shut down.
	 * @param exchange the exchange
	 */
	void rests(Exchange exchange);

	/**
	 * Find a connection for a request that is sent again.
	 * @param exchange the exchange
	 */
	void replay(Exchange exchange);

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
