package dev.connpool.pool.acquire;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.connpool.pool.connection.LeastRecentlyUsed;
import dev.connpool.pool.host.Mailbox;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * How long a pool serves its host: until the client is shut down, another pool takes its
 * place, or nobody has needed it for a while, which is shorter the more hosts there are
 * that nobody needs. Used by the mailbox of the host alone, but for what says so.
 */
final class HostPoolLifecycle {

	private static final long FORGET_AFTER_MINUTES = 5;

	private final Mailbox mailbox;

	private final HostPoolOwner owner;

	private final EventLoop eventLoop;

	private final Runnable due;

	private @Nullable Future<?> timer;

	private final Place place = new Place();

	/** Since when nobody needs the pool; 0 while somebody does. */
	private volatile long quietSince;

	private volatile boolean forgotten;

	private boolean superseded;

	/**
	 * Create a lifecycle.
	 * @param mailbox the mailbox of the host
	 * @param owner what the pool is part of
	 * @param eventLoop where time is measured
	 * @param due run when the pool has been quiet for long, to ask whether it still is
	 */
	HostPoolLifecycle(Mailbox mailbox, HostPoolOwner owner, EventLoop eventLoop, Runnable due) {
		this.mailbox = mailbox;
		this.owner = owner;
		this.eventLoop = eventLoop;
		this.due = due;
	}

	/**
	 * Return whether nobody is served any more. On any thread.
	 * @return whether the client has been shut down, or its event loops are
	 */
	boolean isClosed() {
		return this.owner.isShutDown() || this.eventLoop.isShuttingDown();
	}

	/**
	 * Return whether callers are served by another pool.
	 * @return whether this one has been superseded or forgotten
	 */
	boolean isOver() {
		assert this.mailbox.isInside();
		return this.forgotten || this.superseded;
	}

	boolean isSuperseded() {
		assert this.mailbox.isInside();
		return this.superseded;
	}

	void supersede() {
		assert this.mailbox.isInside();
		this.superseded = true;
	}

	/**
	 * Note that nobody needs the pool for now. If that stays so it is forgotten.
	 */
	void quiet() {
		assert this.mailbox.isInside();
		if (this.timer == null && !this.forgotten && !isClosed()) {
			try {
				this.timer = this.eventLoop.schedule(this.due, FORGET_AFTER_MINUTES, TimeUnit.MINUTES);
			}
			catch (RejectedExecutionException ex) {
				// The event loops have been stopped before the client, which is of no use
				// any more.
				return;
			}
			this.quietSince = System.nanoTime() | 1;
			this.owner.quietHosts().add(this.place);
		}
	}

	/**
	 * Note that the pool is not forgotten for now.
	 */
	void stay() {
		assert this.mailbox.isInside();
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
		if (this.quietSince != 0) {
			this.quietSince = 0;
			this.owner.quietHosts().remove();
		}
	}

	/**
	 * Note that the time is over after which a quiet pool is forgotten, or that there are
	 * too many such.
	 * @param quiet whether nobody needs it
	 * @return whether it is forgotten
	 */
	boolean forget(boolean quiet) {
		assert this.mailbox.isInside();
		stay();
		if (quiet && !this.forgotten) {
			this.forgotten = true;
			this.owner.quietHosts().forgotten(this.place);
		}
		return quiet;
	}

	/**
	 * The place of the pool among those that nobody needs.
	 */
	private final class Place extends LeastRecentlyUsed.Entry {

		@Override
		protected long unusedSince() {
			return HostPoolLifecycle.this.forgotten ? 0 : HostPoolLifecycle.this.quietSince;
		}

		@Override
		protected void letGo(long since, Runnable settled) {
			if (HostPoolLifecycle.this.quietSince == since) {
				HostPoolLifecycle.this.due.run();
			}
			settled.run();
		}

	}

}
