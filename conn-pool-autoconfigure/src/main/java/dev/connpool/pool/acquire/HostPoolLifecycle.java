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

	/** Changed in the mailbox, read on any thread. */
	private volatile State state = State.SERVING;

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
		return this.state.isOver();
	}

	/**
	 * Return whether another pool has taken the place of this.
	 * @return whether this serves only what it has begun
	 */
	boolean isSuperseded() {
		assert this.mailbox.isInside();
		return this.state == State.SUPERSEDED || this.state == State.SUPERSEDED_QUIET;
	}

	/**
	 * Note that another pool takes the place of this.
	 */
	void supersede() {
		assert this.mailbox.isInside();
		this.state = this.state.superseded();
	}

	/**
	 * Note that nobody needs the pool for now. If that stays so it is forgotten.
	 */
	void quiet() {
		assert this.mailbox.isInside();
		State next = this.state.quiet();
		if (next != this.state && !isClosed()) {
			try {
				this.timer = this.eventLoop.schedule(this.due, FORGET_AFTER_MINUTES, TimeUnit.MINUTES);
			}
			catch (RejectedExecutionException ex) {
				// The event loops have been stopped before the client, which is of no use
				// any more.
				return;
			}
			this.state = next;
			this.quietSince = System.nanoTime() | 1;
			this.owner.quietHosts().add(this.place);
		}
	}

	/**
	 * Note that the pool is not forgotten for now.
	 */
	void stay() {
		assert this.mailbox.isInside();
		State next = this.state.needed();
		if (next != this.state) {
			if (this.timer != null) {
				this.timer.cancel(false);
			}
			this.state = next;
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
		if (quiet && this.state != State.FORGOTTEN) {
			this.state = State.FORGOTTEN;
			this.owner.quietHosts().forgotten(this.place);
		}
		return quiet;
	}

	/**
	 * Where a pool is in its life. Whether the client is shut down is no matter of its
	 * pools, and may come to any of these.
	 */
	private enum State {

		/** Callers are served. */
		SERVING,

		/** The same, but there is nobody, and nothing is open. */
		QUIET,

		/** Callers are served by another pool; what has begun here ends here. */
		SUPERSEDED,

		/** The same, and all of it has ended. */
		SUPERSEDED_QUIET,

		/** The client knows this no more. The last state. */
		FORGOTTEN;

		State quiet() {
			return switch (this) {
				case SERVING -> QUIET;
				case SUPERSEDED -> SUPERSEDED_QUIET;
				case QUIET, SUPERSEDED_QUIET, FORGOTTEN -> this;
			};
		}

		State needed() {
			return switch (this) {
				case QUIET -> SERVING;
				case SUPERSEDED_QUIET -> SUPERSEDED;
				case SERVING, SUPERSEDED, FORGOTTEN -> this;
			};
		}

		State superseded() {
			return switch (this) {
				case SERVING -> SUPERSEDED;
				case QUIET -> SUPERSEDED_QUIET;
				case SUPERSEDED, SUPERSEDED_QUIET, FORGOTTEN -> this;
			};
		}

		boolean isOver() {
			return this != SERVING && this != QUIET;
		}

	}

	/**
	 * The place of the pool among those that nobody needs.
	 */
	private final class Place extends LeastRecentlyUsed.Entry {

		@Override
		protected long unusedSince() {
			return HostPoolLifecycle.this.quietSince;
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
