package dev.connpool.pool;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Whether a caller waits for a connection, has been assigned one, uses it, or is done.
 * For any thread: of those who want it to change at the same time one succeeds.
 */
class Lease {

	private static final AtomicIntegerFieldUpdater<Lease> STATE = AtomicIntegerFieldUpdater.newUpdater(Lease.class,
			"state");

	private static final int WAITING = 0;

	private static final int ASSIGNED = 1;

	private static final int ACTIVE = 2;

	private static final int OVER = 3;

	private volatile int state = WAITING;

	private volatile @Nullable PooledConnection connection;

	final boolean isWaiting() {
		return this.state == WAITING;
	}

	final boolean isActive() {
		return this.state == ACTIVE;
	}

	/**
	 * Give a waiting caller its connection.
	 * @param connection the connection, with a stream reserved on HTTP/2
	 * @return whether the caller still waited
	 */
	final boolean assign(PooledConnection connection) {
		this.connection = connection;
		return STATE.compareAndSet(this, WAITING, ASSIGNED);
	}

	/**
	 * Take back an assignment, because the connection went away before it was used.
	 * @return whether the caller still wants a connection
	 */
	final boolean unassign() {
		return STATE.compareAndSet(this, ASSIGNED, WAITING);
	}

	/**
	 * Begin to use the connection.
	 * @return whether the caller still wants it
	 */
	final boolean activate() {
		return STATE.compareAndSet(this, ASSIGNED, ACTIVE);
	}

	/**
	 * Wait no longer.
	 * @return whether the caller waited
	 */
	final boolean leave() {
		return STATE.compareAndSet(this, WAITING, OVER);
	}

	/**
	 * Make no use of an assignment. Whoever assigned the connection finds that out.
	 * @return whether the connection was assigned and not used yet
	 */
	final boolean decline() {
		return STATE.compareAndSet(this, ASSIGNED, OVER);
	}

	/**
	 * Be done with the connection.
	 */
	final void finish() {
		this.state = OVER;
	}

	final @Nullable PooledConnection connection() {
		return this.connection;
	}

	/**
	 * Return the connection of a caller that has one.
	 * @return the connection that was assigned last
	 */
	final PooledConnection assigned() {
		return Objects.requireNonNull(this.connection, "No connection assigned");
	}

	final EventLoop eventLoop() {
		return assigned().channel().eventLoop();
	}

}
