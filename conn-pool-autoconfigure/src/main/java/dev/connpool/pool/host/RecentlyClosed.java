package dev.connpool.pool.host;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

import dev.connpool.snapshot.ClosedConnection;

/**
 * The connections that ended last. Locks, as connections seldom end; never held for
 * longer than it takes to add one.
 */
public final class RecentlyClosed {

	private static final int KEPT = 50;

	private final Deque<ClosedConnection> connections = new ArrayDeque<>(KEPT);

	synchronized void add(ClosedConnection connection) {
		if (this.connections.size() == KEPT) {
			this.connections.removeFirst();
		}
		this.connections.addLast(connection);
	}

	/**
	 * Return what is remembered.
	 * @return the connections, the one that was closed last first
	 */
	public synchronized List<ClosedConnection> latestFirst() {
		List<ClosedConnection> list = new ArrayList<>(this.connections);
		Collections.reverse(list);
		return list;
	}

}
