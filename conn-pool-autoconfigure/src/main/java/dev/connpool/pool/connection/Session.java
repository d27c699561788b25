package dev.connpool.pool.connection;

import dev.connpool.pool.host.CloseReason;
import dev.connpool.snapshot.ConnectionSnapshot;

/**
 * What the protocol that was negotiated for a connection can carry: one exchange after
 * the other, or many at once. Exchanges begin on the event loop of the connection; room
 * for them is reserved before that.
 */
public interface Session {

	PooledConnection connection();

	/**
	 * Return whether many exchanges share the connection. Room on a shared connection is
	 * reserved and given back on any thread; a connection that is not shared belongs to
	 * the mailbox of its host while it carries nothing.
	 * @return whether there are streams
	 */
	boolean isShared();

	/**
	 * Return whether an exchange can be carried, whenever there is room.
	 * @param lease the lease of the exchange
	 * @return whether it gets what it needs here
	 */
	default boolean canServe(Lease lease) {
		return isShared() || !lease.needsStream();
	}

	// Room

	/**
	 * Reserve room for one exchange.
	 * @return whether there was some
	 */
	boolean tryReserve();

	/**
	 * Give back the room of one exchange. That is how each one that was carried ends, as
	 * early as its response has arrived, and how room ends that nobody came to use. Where
	 * the connection is not shared it is idle only when the mailbox of its host has
	 * learned of it. On any thread.
	 */
	void giveBack();

	/**
	 * Count what is carried or, where connections are shared, has room reserved. On any
	 * thread if they are, else on the event loop.
	 * @return the number of exchanges
	 */
	int active();

	/**
	 * Return how many exchanges may be carried at once. On any thread.
	 * @return the number of exchanges, 0 while none may begin
	 */
	int limit();

	/**
	 * Count the connection as idle, which it is from now on.
	 */
	void becomesIdle();

	/**
	 * Close the connection unless room is reserved.
	 * @param reason the reason
	 * @return whether none was
	 */
	boolean closeIfUnused(CloseReason reason);

	/**
	 * Give out no more room, and close the connection when it carries nothing.
	 * @param reason the reason
	 */
	void drain(CloseReason reason);

	/**
	 * Note that the connection is closed: it is not idle any more, if it was. In the
	 * mailbox of its host.
	 */
	void connectionClosed();

	/**
	 * Return whether a shared connection was used and is not now: it may have broken
	 * since. On any thread.
	 * @return whether it lies idle
	 */
	default boolean isStale() {
		return active() == 0 && connection().record().exchanges() > 0;
	}

	/**
	 * Return whether it is known how many exchanges may be carried. On any thread.
	 * @return whether the server has said what it has to say first
	 */
	default boolean isReady() {
		return true;
	}

	/**
	 * Return whether the connection is suspect. On any thread.
	 * @return whether nothing begins on it until the server was heard of
	 */
	default boolean isProbing() {
		return false;
	}

	/**
	 * Return whether the server allows no exchanges for now. On any thread.
	 * @return whether its limit is zero
	 */
	default boolean allowsNone() {
		return false;
	}

	// On the event loop

	/**
	 * Carry an exchange that room was reserved for.
	 * @param lease the lease of the exchange
	 */
	void serve(Lease lease);

	/**
	 * Ask the server whether it is still there, if that can be asked and it was silent
	 * while an exchange waited.
	 * @param start when the exchange began, in terms of {@link System#nanoTime()}
	 * @param now the current time
	 */
	default void probeIfSilent(long start, long now) {
	}

	/**
	 * Look at what the protocol has of its own.
	 * @param connection how the connection is now
	 * @return the same, and what the protocol adds to it, if anything
	 */
	default ConnectionSnapshot fillIn(ConnectionSnapshot connection) {
		return connection;
	}

}
