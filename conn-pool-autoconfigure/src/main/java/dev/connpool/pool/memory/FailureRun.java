package dev.connpool.pool.memory;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;

import dev.connpool.snapshot.LastError;
import org.jspecify.annotations.Nullable;

/**
 * Failures of one kind, none of which is a minute after another. Safe for use by many
 * threads. Of two that come at the same time either may be the last.
 */
final class FailureRun {

	private static final long LONGEST_PAUSE = Duration.ofMinutes(1).toNanos();

	private static final int LONGEST_MESSAGE = 500;

	private final FailureKind kind;

	/** When it began, in terms of {@link System#nanoTime()}. */
	private final long since;

	private final LongAdder count = new LongAdder();

	private volatile long at;

	/** What was said last, cut; {@code null} if it was a status. */
	private volatile @Nullable String message;

	/** The status of the response, if there was one. */
	private volatile int status;

	FailureRun(FailureKind kind, long now) {
		this.kind = kind;
		this.since = now;
		this.at = now;
	}

	boolean isOver(long now) {
		return now - this.at > LONGEST_PAUSE;
	}

	void add(@Nullable String message, int status, int times, long now) {
		this.count.add(times);
		this.at = now;
		this.message = (message != null) ? cut(message) : null;
		this.status = status;
	}

	long at() {
		return this.at;
	}

	@Nullable String message() {
		return this.message;
	}

	LastError snapshot(long now) {
		Instant clock = Instant.now();
		String text = this.message;
		return new LastError(clock.minusNanos(Math.max(0, now - this.at)), clock.minusNanos(now - this.since),
				this.kind.toString(), (text != null) ? text : "The server answered with status " + this.status,
				this.count.sum());
	}

	/**
	 * Cut a text.
	 * @param text the text, made printable by the error that it is from
	 * @return not more of it than is of use
	 */
	static String cut(String text) {
		return (text.length() <= LONGEST_MESSAGE) ? text : text.substring(0, LONGEST_MESSAGE) + "…";
	}

}
