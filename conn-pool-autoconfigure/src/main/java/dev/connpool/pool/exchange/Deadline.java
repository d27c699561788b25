package dev.connpool.pool.exchange;

import java.time.Duration;

/**
 * A point in time, in terms of {@link System#nanoTime()}, after which something takes too
 * long.
 */
final class Deadline {

	/** No deadline. */
	static final long NEVER = Long.MAX_VALUE;

	private Deadline() {
	}

	/**
	 * Return a deadline.
	 * @param start when something begins
	 * @param time how long it may take; zero for as long as it likes
	 * @return the deadline
	 */
	static long after(long start, Duration time) {
		return time.isZero() ? NEVER : start + time.toNanos();
	}

	static boolean passed(long deadline, long now) {
		return deadline != NEVER && deadline - now <= 0;
	}

}
