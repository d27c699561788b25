package dev.connpool.pool.connection;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.connpool.pool.host.CloseReason;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Watches that one connection is not unused for too long.
 */
public final class IdleTimer {

	private final PooledConnection connection;

	private final EventLoop eventLoop;

	private final IdleLimit limit;

	/** What the server says how long it keeps the connection; 0 if it does not. */
	private volatile long announced;

	/** When the connection was last used; 0 while it is in use. */
	private volatile long since;

	private volatile @Nullable Future<?> timer;

	IdleTimer(PooledConnection connection, IdleLimit limit) {
		this.connection = connection;
		this.eventLoop = connection.channel().eventLoop();
		this.limit = limit;
		connection.channel().closeFuture().addListener((closed) -> stop());
	}

	/**
	 * Note that the connection is unused from now on. On any thread.
	 */
	void begin() {
		this.since = System.nanoTime() | 1;
		if (this.timer == null && timeout() > 0) {
			onEventLoop(() -> watch(timeout()));
		}
	}

	/**
	 * Note that the connection is in use. On any thread.
	 */
	void end() {
		long since = this.since;
		this.since = 0;
		if (since != 0 && isUsed()) {
			this.limit.outlived(System.nanoTime() - since);
		}
	}

	long since() {
		return this.since;
	}

	// A server may treat a connection that never had a request in another way
	private boolean isUsed() {
		return this.connection.record().exchanges() > 0;
	}

	/**
	 * Learn from the end of the connection.
	 * @param reason why it ended
	 * @param idleFor how long it had been idle
	 * @return whether the timeout of the others has changed
	 */
	public boolean ended(CloseReason reason, Duration idleFor) {
		return isUsed() && this.limit.ended(reason, idleFor.toNanos(), System.nanoTime());
	}

	/**
	 * Note how long the server keeps the connection. On the event loop.
	 * @param timeout the time in nanoseconds
	 */
	public void announced(long timeout) {
		assert this.eventLoop.inEventLoop();
		this.announced = timeout;
		// The timer may be set for later.
		stop();
		this.timer = null;
	}

	/**
	 * Return whether the server is known to close the connection if the client does not.
	 * @return whether the timeout is that of the server
	 */
	public boolean isServers() {
		return this.announced != 0 || this.limit.isKnown();
	}

	/**
	 * Look at the connection now: the timeout has changed. On any thread.
	 */
	public void look() {
		onEventLoop(() -> {
			stop();
			check();
		});
	}

	/**
	 * Look at the connection after the same time again: it was spared. On any thread.
	 */
	public void again() {
		onEventLoop(() -> watch(timeout()));
	}

	private void onEventLoop(Runnable task) {
		try {
			this.eventLoop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			// The event loop has been stopped, and the connection with it.
		}
	}

	private long timeout() {
		long timeout = this.limit.timeout();
		long announced = this.announced;
		return (announced == 0 || timeout == 0) ? timeout + announced : Math.min(timeout, announced);
	}

	private void watch(long delay) {
		assert this.eventLoop.inEventLoop();
		if (this.timer == null && delay > 0) {
			this.timer = this.eventLoop.schedule(this::check, delay, TimeUnit.NANOSECONDS);
		}
	}

	private void check() {
		assert this.eventLoop.inEventLoop();
		this.timer = null;
		long since = this.connection.idleSince();
		if (since == 0 || !this.connection.channel().isActive()) {
			return;
		}
		long timeout = timeout();
		long left = since + timeout - System.nanoTime();
		if (left <= 0 && timeout > 0) {
			this.connection.owner().evict(this.connection, CloseReason.IDLE_TIMEOUT);
		}
		else {
			watch(left);
		}
	}

	private void stop() {
		Future<?> timer = this.timer;
		if (timer != null) {
			timer.cancel(false);
		}
	}

}
