package dev.connpool.pool;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

import dev.connpool.error.ConnPoolException;
import dev.connpool.listener.ConnectionListeners;
import org.jspecify.annotations.Nullable;

/**
 * Those who ask for a connection to one host: each is given one, waits for it, rests
 * until its request is sent again, or is refused. Used by the mailbox of the host, but
 * for what says so.
 */
final class Dispatcher implements ConnectionSource {

	private final HostPool pool;

	private final Connections connections;

	private final MultiplexedSessions sessions;

	private final PendingAcquires pendingAcquires;

	private final DialPlanner dialPlanner;

	/** Callers whose requests are sent again in a while. */
	private final Set<Exchange> resting = ConcurrentHashMap.newKeySet();

	/**
	 * Create callers, none at first.
	 * @param pool what they call
	 * @param connections what they are given
	 * @param sessions those of them that are shared
	 * @param pendingAcquires where they wait
	 * @param dialPlanner opens more connections for those who wait
	 */
	Dispatcher(HostPool pool, Connections connections, MultiplexedSessions sessions, PendingAcquires pendingAcquires,
			DialPlanner dialPlanner) {
		this.pool = pool;
		this.connections = connections;
		this.sessions = sessions;
		this.pendingAcquires = pendingAcquires;
		this.dialPlanner = dialPlanner;
	}

	// On any thread

	@Override
	public Host host() {
		return this.pool.host();
	}

	@Override
	public ConnPoolException closed() {
		return this.pool.closed();
	}

	@Override
	public HostCounters counters() {
		return this.pool.counters();
	}

	@Override
	public ConnectionListeners listeners() {
		return this.pool.listeners();
	}

	@Override
	public ReplayBudget replayBudget() {
		return this.pool.replayBudget();
	}

	@Override
	public void acquire(Exchange exchange) {
		PooledConnection connection = (this.pendingAcquires.published() == 0) ? this.sessions.reserve() : null;
		if (connection == null) {
			this.pool.changed(exchange);
		}
		else if (!exchange.assign(connection)) {
			connection.unused();
		}
		else {
			dispatch(exchange, connection);
		}
	}

	private void dispatch(Exchange exchange, PooledConnection connection) {
		try {
			// Even if it could run now: a caller that asks when a response ends would
			// have its request made inside the reading of that response, at a tenth more
			// CPU.
			exchange.eventLoop().execute(exchange);
		}
		catch (RejectedExecutionException ex) {
			// The event loops have been stopped before the client.
			connection.close(CloseReason.SHUTDOWN);
			connection.unused();
			if (exchange.unassign()) {
				exchange.fail(this.pool.closed(), this.pool.eventLoop());
			}
		}
	}

	@Override
	public void cancelled(Exchange exchange) {
		this.resting.remove(exchange);
		this.pool.changed(exchange);
	}

	/**
	 * Find another connection for an exchange whose connection went away before use.
	 * @param exchange the exchange
	 */
	void reassign(Exchange exchange) {
		if (exchange.unassign()) {
			this.pool.post(() -> goFirst(exchange));
		}
	}

	@Override
	public void rests(Exchange exchange) {
		this.resting.add(exchange);
		if (this.pool.lifecycle().isClosed()) {
			this.resting.remove(exchange);
			exchange.fail(this.pool.closed(), this.pool.eventLoop());
		}
		else if (!exchange.isWaiting()) {
			// Its caller gave up meanwhile.
			this.resting.remove(exchange);
		}
	}

	@Override
	public void replay(Exchange exchange) {
		this.resting.remove(exchange);
		this.pool.post(() -> goFirst(exchange));
	}

	@Override
	public String describe() {
		int max = this.pool.host().pool().maxConnectionsPerHost();
		return "%d of %s connections open, %d being opened, %d callers waiting".formatted(this.connections.usable(),
				(max == 0) ? "unlimited" : max, this.dialPlanner.dials().underWay().size(),
				this.pendingAcquires.published());
	}

	// In the mailbox

	/**
	 * Note that a caller has come, or has given up.
	 * @param exchange the exchange
	 */
	void changed(Exchange exchange) {
		if (!exchange.isWaiting()) {
			this.pendingAcquires.remove(exchange);
		}
		else if (this.pool.lifecycle().isClosed()) {
			exchange.fail(this.pool.closed(), this.pool.eventLoop());
		}
		else if (this.pool.lifecycle().isOver()) {
			this.pool.owner().redirect(exchange, this.pool);
		}
		else {
			this.pendingAcquires.add(exchange);
		}
	}

	// It has waited before
	private void goFirst(Exchange exchange) {
		if (exchange.isWaiting() && !this.pool.lifecycle().isClosed() && !this.pool.lifecycle().isOver()) {
			this.pendingAcquires.addFirst(exchange);
		}
		else {
			changed(exchange);
		}
	}

	/**
	 * Give connections to those who wait, as far as there are any.
	 */
	void serve() {
		@Nullable Exchange waiter = this.pendingAcquires.first();
		int unserved = 0;
		while (waiter != null) {
			Exchange next = waiter.next;
			if (!waiter.isWaiting()) {
				this.pendingAcquires.remove(waiter);
			}
			else if (!serve(waiter)) {
				if (!waiter.wantsFresh()) {
					return;
				}
				this.dialPlanner.makeRoom(++unserved);
			}
			waiter = next;
		}
	}

	private boolean serve(Exchange waiter) {
		PooledConnection connection = waiter.wantsFresh() ? this.connections.takeFresh() : this.connections.take();
		if (connection == null) {
			return false;
		}
		this.pendingAcquires.remove(waiter);
		if (waiter.assign(connection)) {
			dispatch(waiter, connection);
		}
		else {
			connection.unused();
		}
		return true;
	}

	/**
	 * Send those who wait to what takes the place of the pool.
	 */
	void moveOn() {
		for (Exchange first = this.pendingAcquires.first(); first != null; first = this.pendingAcquires.first()) {
			this.pendingAcquires.remove(first);
			changed(first);
		}
	}

	/**
	 * Have the deadlines of those who wait looked at.
	 */
	void watchDeadlines() {
		try {
			this.pendingAcquires.watch((now) -> this.pool.post(() -> this.pendingAcquires.expire(now)));
		}
		catch (RejectedExecutionException ex) {
			this.pendingAcquires.failAll(this.pool.closed());
		}
	}

	/**
	 * Refuse those who came last, if more wait than may.
	 */
	void refuse() {
		int limit = this.pool.host().pool().maxPendingAcquires();
		while (this.pendingAcquires.size() - this.dialPlanner.expected() > limit) {
			countIfFull();
			this.pendingAcquires.failLast(() -> this.pool.host().pendingAcquiresFull(describe()));
		}
	}

	void refuseAll(ConnPoolException error) {
		this.pendingAcquires.failAll(error);
		this.resting.forEach((exchange) -> exchange.fail(error, this.pool.eventLoop()));
		this.resting.clear();
	}

	/**
	 * Note that a server sent something on a new connection before it was asked. What
	 * does so again and again would have connections opened for ever.
	 * @param connection the connection, closed
	 */
	void spokenTo(PooledConnection connection) {
		Exchange first = this.pendingAcquires.first();
		if (connection.http2() == null && first != null && first.isSpokenToTooOften()) {
			this.pendingAcquires.failFirst(this.pool.host().unsolicited());
		}
	}

	@Override
	public ConnPoolException acquireTimeout() {
		countIfFull();
		return this.pool.host().acquireTimeout(describe());
	}

	private void countIfFull() {
		int max = this.pool.host().pool().maxConnectionsPerHost();
		if (max > 0 && this.connections.usable() >= max) {
			this.pool.counters().turnedAway();
		}
	}

}
