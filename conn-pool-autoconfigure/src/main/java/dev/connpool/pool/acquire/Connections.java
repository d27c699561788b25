package dev.connpool.pool.acquire;

import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Mailbox;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one host that are open: which one serves next, which make room, and
 * which are only waited for. Used by the mailbox of the host alone, but for what says so.
 */
final class Connections {

	private final Mailbox mailbox;

	private final MultiplexedSessions sessions;

	private final Set<PooledConnection> all = ConcurrentHashMap.newKeySet();

	/**
	 * Those that are not shared and carry nothing, last used last. That a connection
	 * carries nothing is known to itself; this is their order.
	 */
	private final ArrayDeque<PooledConnection> idle = new ArrayDeque<>();

	/**
	 * Those that were drained, until they are closed. A connection knows the same of
	 * itself, but no more once it is being closed, which also happens to others; and they
	 * are counted on any thread with every request that waits.
	 */
	private final Set<PooledConnection> draining = ConcurrentHashMap.newKeySet();

	/**
	 * Create connections, none at first.
	 * @param mailbox the mailbox of the host
	 * @param sessions where those that are shared are kept
	 */
	Connections(Mailbox mailbox, MultiplexedSessions sessions) {
		this.mailbox = mailbox;
		this.sessions = sessions;
	}

	/**
	 * Return all connections. On any thread.
	 * @return the connections, as they come and go
	 */
	Set<PooledConnection> all() {
		return this.all;
	}

	/**
	 * Count those that were not drained: the limit of the host counts them, also while
	 * they are being closed for another reason. On any thread.
	 * @return the number of connections
	 */
	int undrained() {
		return this.all.size() - this.draining.size();
	}

	/**
	 * Return whether a connection is not used any more, whatever it still carries.
	 * @param connection the connection
	 * @return whether it was drained
	 */
	boolean isDrained(PooledConnection connection) {
		assert this.mailbox.isInside();
		return this.draining.contains(connection);
	}

	/**
	 * Count those that are open and stay so.
	 * @return the number of connections
	 */
	long fit() {
		return this.all.stream()
			.filter((connection) -> connection.isFit() && !this.draining.contains(connection))
			.count();
	}

	/**
	 * Count those that end without having been drained.
	 * @return the number of connections
	 */
	long leaving() {
		return this.all.stream()
			.filter((connection) -> !connection.isFit() && !this.draining.contains(connection))
			.count();
	}

	void add(PooledConnection connection) {
		assert this.mailbox.isInside();
		this.all.add(connection);
		if (connection.session().isShared()) {
			this.sessions.add(connection.session());
			connection.session().becomesIdle();
		}
		else {
			returned(connection);
		}
	}

	/**
	 * Note that a connection that is not shared serves nobody any more.
	 * @param connection the connection
	 */
	void returned(PooledConnection connection) {
		assert this.mailbox.isInside();
		if (connection.isDraining()) {
			assert this.draining.contains(connection) : connection + " was not drained here";
			connection.close(connection.end().reason());
		}
		else if (connection.isFit()) {
			this.idle.addLast(connection);
			connection.session().becomesIdle();
		}
	}

	/**
	 * Return the connection that was used last of those that are not shared and serve
	 * nobody.
	 * @return the connection, or {@code null} if there is none
	 */
	@Nullable PooledConnection lastUsed() {
		assert this.mailbox.isInside();
		return this.idle.peekLast();
	}

	/**
	 * Take a connection, or reserve room on one.
	 * @return the connection, or {@code null} if none is free
	 */
	@Nullable PooledConnection take() {
		assert this.mailbox.isInside();
		PooledConnection connection = this.sessions.reserve();
		while (connection == null && !this.idle.isEmpty()) {
			PooledConnection latest = this.idle.removeLast();
			assert latest.idleSince() != 0 : latest + " is in use";
			if (latest.session().tryReserve()) {
				connection = latest;
			}
		}
		return connection;
	}

	/**
	 * Take a connection that did not lie idle.
	 * @return the connection, or {@code null} if there is none yet
	 */
	@Nullable PooledConnection takeFresh() {
		assert this.mailbox.isInside();
		PooledConnection latest = this.idle.peekLast();
		if (latest != null && latest.record().exchanges() == 0) {
			return take();
		}
		return this.sessions.reserveFresh();
	}

	/**
	 * Close the connection that is idle for longest, if there is one.
	 */
	void makeRoom() {
		assert this.mailbox.isInside();
		PooledConnection eldest = this.idle.pollFirst();
		if (eldest != null) {
			eldest.session().closeIfUnused(CloseReason.EVICTED);
		}
		else {
			this.sessions.closeStale();
		}
	}

	/**
	 * Close a connection unless it is in use.
	 * @param connection the connection
	 * @param reason the reason
	 */
	void closeIfUnused(PooledConnection connection, CloseReason reason) {
		assert this.mailbox.isInside();
		if (connection.session().closeIfUnused(reason)) {
			this.idle.remove(connection);
		}
		assert isUsedOrListed(connection);
	}

	/**
	 * Use a connection no more, and close it when its exchanges have ended.
	 * @param connection the connection
	 * @param reason the reason
	 * @return whether it was used until now
	 */
	boolean drain(PooledConnection connection, CloseReason reason) {
		assert this.mailbox.isInside();
		if (!this.all.contains(connection) || !this.draining.add(connection)) {
			return false;
		}
		connection.session().drain(reason);
		this.idle.remove(connection);
		assert !connection.isOpen() && isUsedOrListed(connection);
		return true;
	}

	// For assertions: what carries nothing is found among the idle ones, and only that.
	private boolean isUsedOrListed(PooledConnection connection) {
		return connection.session().isShared() || this.idle.contains(connection) == (connection.idleSince() != 0);
	}

	/**
	 * Note that a connection is closed.
	 * @param connection the connection
	 */
	void remove(PooledConnection connection) {
		assert this.mailbox.isInside();
		this.all.remove(connection);
		this.draining.remove(connection);
		this.idle.remove(connection);
		if (connection.session().isShared()) {
			this.sessions.remove(connection.session());
		}
		connection.session().connectionClosed();
		assert isUsedOrListed(connection);
	}

}
