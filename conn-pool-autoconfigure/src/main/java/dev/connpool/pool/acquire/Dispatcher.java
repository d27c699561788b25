package dev.connpool.pool.acquire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.ConnectionSource;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostEvents;
import dev.connpool.pool.host.ReplayBudget;
import org.jspecify.annotations.Nullable;

/**
 * Gives connections to those who ask for one to a host, lets them wait, or rest until
 * their request is sent again, and refuses them. Used by the mailbox of the host, but for
 * what says so.
 */
public final class Dispatcher implements ConnectionSource {

	private final HostPool pool;

	private final Connections connections;

	private final MultiplexedSessions sessions;

	private final PendingAcquires pendingAcquires;

	private final DialPlanner dialPlanner;

	/** Callers whose requests are sent again in a while. */
	private final Set<Lease> resting = ConcurrentHashMap.newKeySet();

	/**
	 * Create a dispatcher.
	 * @param pool the pool of the host
	 * @param connections the connections of the host
	 * @param sessions those of them that are shared
	 * @param pendingAcquires those who wait
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
	public ConnPoolException unavailable() {
		return this.pool.unavailable();
	}

	@Override
	public HostEvents events() {
		return this.pool.events();
	}

	@Override
	public ReplayBudget replayBudget() {
		return this.pool.replayBudget();
	}

	@Override
	public void acquire(Lease lease) {
		PooledConnection connection = (this.pendingAcquires.published() == 0) ? this.sessions.reserve() : null;
		if (connection == null) {
			this.pool.changed(lease);
		}
		else if (!lease.grant(connection)) {
			connection.session().giveBack();
		}
		else {
			dispatch(lease, connection);
		}
	}

	private void dispatch(Lease lease, PooledConnection connection) {
		try {
			// Even if it could run now: a caller that asks when a response ends would
			// have its request made inside the reading of that response, at a tenth more
			// CPU.
			lease.eventLoop().execute(lease);
		}
		catch (RejectedExecutionException ex) {
			// The event loops have been stopped before the client.
			connection.close(CloseReason.SHUTDOWN);
			connection.session().giveBack();
			if (lease.revoke()) {
				lease.fail(this.pool.unavailable(), this.pool.eventLoop());
			}
		}
	}

	@Override
	public void cancelled(Lease lease) {
		this.resting.remove(lease);
		this.pool.changed(lease);
	}

	/**
	 * Find another connection for an exchange whose connection went away before use.
	 * @param lease the lease of the exchange
	 */
	void reassign(Lease lease) {
		if (lease.revoke()) {
			this.pool.post(() -> goFirst(lease));
		}
	}

	@Override
	public void rests(Lease lease) {
		this.resting.add(lease);
		if (this.pool.lifecycle().isClosed()) {
			this.resting.remove(lease);
			lease.fail(this.pool.unavailable(), this.pool.eventLoop());
		}
		else if (!lease.isWaiting()) {
			// Its caller gave up meanwhile.
			this.resting.remove(lease);
		}
	}

	@Override
	public void replay(Lease lease) {
		this.resting.remove(lease);
		this.pool.post(() -> goFirst(lease));
	}

	@Override
	public String describe() {
		int max = this.pool.host().pool().maxConnectionsPerHost();
		return "%d of %s connections open, %d being opened, %d callers waiting".formatted(this.connections.undrained(),
				(max == 0) ? "unlimited" : max, this.dialPlanner.dials().underWay().size(),
				this.pendingAcquires.published());
	}

	// In the mailbox

	/**
	 * Note that a caller has come, or has given up.
	 * @param lease the lease of the exchange
	 */
	void changed(Lease lease) {
		assert this.pool.inMailbox();
		if (!lease.isWaiting()) {
			this.pendingAcquires.remove(lease);
		}
		else if (this.pool.lifecycle().isClosed()) {
			lease.fail(this.pool.unavailable(), this.pool.eventLoop());
		}
		else if (this.pool.lifecycle().isOver()) {
			this.pool.owner().redirect(lease, this.pool);
		}
		else {
			this.pendingAcquires.add(lease);
		}
	}

	// It has waited before
	private void goFirst(Lease lease) {
		assert this.pool.inMailbox();
		if (lease.isWaiting() && !this.pool.lifecycle().isClosed() && !this.pool.lifecycle().isOver()) {
			this.pendingAcquires.addFirst(lease);
		}
		else {
			changed(lease);
		}
	}

	/**
	 * Give connections to those who wait, as far as there are any.
	 */
	void serveWaiting() {
		assert this.pool.inMailbox();
		@Nullable Lease waiter = this.pendingAcquires.first();
		int unserved = 0;
		while (waiter != null) {
			Lease next = this.pendingAcquires.next(waiter);
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

	private boolean serve(Lease waiter) {
		assert this.pool.inMailbox();
		PooledConnection connection = waiter.wantsFresh() ? this.connections.takeFresh() : this.connections.take();
		if (connection == null) {
			return false;
		}
		this.pendingAcquires.remove(waiter);
		if (!connection.session().canServe(waiter)) {
			connection.session().giveBack();
			waiter.fail(this.pool.host().errors().noStreams(), this.pool.eventLoop());
		}
		else if (waiter.grant(connection)) {
			dispatch(waiter, connection);
		}
		else {
			connection.session().giveBack();
		}
		return true;
	}

	/**
	 * Send those who wait to what takes the place of the pool.
	 */
	void moveOn() {
		assert this.pool.inMailbox();
		for (Lease first = this.pendingAcquires.first(); first != null; first = this.pendingAcquires.first()) {
			this.pendingAcquires.remove(first);
			changed(first);
		}
	}

	/**
	 * Have the deadlines of those who wait looked at.
	 */
	void watchDeadlines() {
		assert this.pool.inMailbox();
		try {
			this.pendingAcquires.watch((now) -> this.pool.post(() -> this.pendingAcquires.expire(now)));
		}
		catch (RejectedExecutionException ex) {
			this.pendingAcquires.failAll(this.pool.unavailable());
		}
	}

	/**
	 * Refuse those who came last, if more wait than may.
	 */
	void refuse() {
		assert this.pool.inMailbox();
		int limit = this.pool.host().pool().maxPendingAcquires();
		while (this.pendingAcquires.size() - this.dialPlanner.expected() > limit) {
			countIfFull();
			this.pendingAcquires.failLast(() -> this.pool.host().errors().pendingAcquiresFull(describe()));
		}
	}

	void refuseAll(ConnPoolException error) {
		assert this.pool.inMailbox();
		this.pendingAcquires.failAll(error);
		this.resting.forEach((lease) -> lease.fail(error, this.pool.eventLoop()));
		this.resting.clear();
	}

	/**
	 * Note that a server sent something on a new connection before it was asked. What
	 * does so again and again would have connections opened for ever.
	 * @param connection the connection, closed
	 */
	void spokenTo(PooledConnection connection) {
		assert this.pool.inMailbox();
		Lease first = this.pendingAcquires.first();
		if (!connection.session().isShared() && first != null && first.countSpokenTo()) {
			this.pendingAcquires.failFirst(this.pool.host().errors().unsolicited());
		}
	}

	@Override
	public ConnPoolException acquireTimeout() {
		countIfFull();
		return this.pool.host().errors().acquireTimeout(describe());
	}

	private void countIfFull() {
		int max = this.pool.host().pool().maxConnectionsPerHost();
		if (max > 0 && this.connections.undrained() >= max) {
			this.pool.events().turnedAway();
		}
	}

}
