package dev.connpool.pool.connection;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

import dev.connpool.pool.host.CloseReason;
import dev.connpool.settings.IdleTimeout;
import org.jspecify.annotations.Nullable;

/**
 * After which idle time the server of a host closes a connection, as learned from when it
 * did. Safe for use by many threads; locks, but not for connections that were idle for
 * less than a second.
 * <p>
 * A server that restarts or is busy closes connections of any age. So three closes count
 * that are at about the same age and apart in time, while no connection outlives that
 * age. What was learned is raised a little from time to time, to see whether it still
 * holds.
 */
public final class IdleLimit {

	/** What is closed earlier was not closed for having been idle. */
	static final long SHORTEST = TimeUnit.SECONDS.toNanos(1);

	private static final int ENOUGH = 3;

	private static final long TOLERANCE = TimeUnit.MILLISECONDS.toNanos(250);

	/** After how many times the limit a higher one is tried, at first and at last. */
	private static final int PATIENCE = 10;

	private static final int MOST_PATIENCE = 64 * PATIENCE;

	private final IdleTimeout configured;

	/** The last ages at which the server closed, from which nothing is learned yet. */
	private final Deque<Long> ages = new ArrayDeque<>();

	private long closedAt;

	private volatile long learned;

	private volatile boolean trying;

	/** When what was learned was last confirmed. */
	private long since;

	private int patience = PATIENCE;

	public IdleLimit(IdleTimeout configured) {
		this.configured = configured;
	}

	/**
	 * Return how long a connection may be idle.
	 * @return the time in nanoseconds; 0 for ever
	 */
	long timeout() {
		long longest = this.configured.longest().toNanos();
		return isKnown() ? Math.min(longest, this.trying ? above(justUnder(this.learned)) : justUnder(this.learned))
				: longest;
	}

	/**
	 * Return whether {@link #timeout()} is that of the server.
	 * @return whether it was learned and is heeded
	 */
	boolean isKnown() {
		return this.configured.auto() && this.learned != 0;
	}

	/**
	 * Return what was learned.
	 * @return the idle time after which the server closes, or {@code null}
	 */
	public @Nullable Duration learned() {
		long learned = this.learned;
		return (learned != 0) ? Duration.ofNanos(learned) : null;
	}

	private static long justUnder(long limit) {
		return limit - limit / 10;
	}

	private static long above(long limit) {
		return limit + limit / 4;
	}

	private static boolean isBeyond(long age, long limit) {
		return age > above(limit) + TOLERANCE;
	}

	/**
	 * Learn from the end of a connection that had been in use before.
	 * @param reason why it ended
	 * @param idleFor how long it had been idle
	 * @param now the current time
	 * @return whether {@link #timeout()} has changed
	 */
	synchronized boolean ended(CloseReason reason, long idleFor, long now) {
		long before = timeout();
		if (reason.isByServer() && idleFor >= SHORTEST) {
			closed(idleFor, now);
		}
		else if (reason == CloseReason.IDLE_TIMEOUT) {
			survived(idleFor);
			tryMore(now);
		}
		return timeout() != before;
	}

	/**
	 * Note that a connection was still open.
	 * @param idleFor after it had been idle for this long
	 */
	void outlived(long idleFor) {
		if (idleFor >= SHORTEST) {
			survived(idleFor);
		}
	}

	private synchronized void survived(long idleFor) {
		refute(idleFor);
		if (this.trying && idleFor > this.learned) {
			this.learned = idleFor;
		}
		if (idleFor >= this.configured.longest().toNanos() && isKnown()) {
			learn(0);
		}
	}

	private void refute(long outlived) {
		this.ages.removeIf((age) -> isBeyond(outlived, age));
		if (this.learned != 0 && isBeyond(outlived, this.learned)) {
			learn(0);
		}
	}

	private void closed(long age, long now) {
		refute(age);
		this.ages.removeIf((other) -> isBeyond(other, age));
		if (this.learned != 0 && !isBeyond(this.learned, age)) {
			confirm(age, now);
		}
		else if (!this.ages.isEmpty() && now - this.closedAt < age / 4) {
			// One event, such as a restart, or the end of what became idle together.
			this.ages.addLast(Math.min(this.ages.removeLast(), age));
		}
		else {
			observe(age, now);
		}
	}

	private void confirm(long age, long now) {
		this.learned = Math.min(this.learned, age);
		this.since = now;
		if (this.trying) {
			this.patience = Math.min(2 * this.patience, MOST_PATIENCE);
			this.trying = false;
		}
	}

	private void observe(long age, long now) {
		this.closedAt = now;
		this.ages.addLast(age);
		if (this.ages.size() == ENOUGH) {
			learn(Collections.min(this.ages));
			this.since = now;
		}
	}

	private void learn(long limit) {
		this.learned = limit;
		this.trying = false;
		this.patience = PATIENCE;
		this.ages.clear();
	}

	private void tryMore(long now) {
		if (isKnown() && now - this.since > this.patience * this.learned) {
			this.trying = true;
			this.since = now;
		}
	}

}
