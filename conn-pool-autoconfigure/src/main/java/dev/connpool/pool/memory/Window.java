package dev.connpool.pool.memory;

import org.jspecify.annotations.Nullable;

/**
 * What was counted at the looks of the last minute, so that the difference to now is what
 * happened within it. Never changed: each look makes another one.
 */
final class Window {

	static final Window EMPTY = new Window(new long[0][], new long[0]);

	/** As many looks, ten seconds apart, make a minute. */
	private static final int KEPT = 7;

	private static final long MINUTE = 60_000_000_000L;

	/** What was counted at each look, the latest first. */
	private final long[][] counts;

	/** When that was, in terms of {@link System#nanoTime()}. */
	private final long[] at;

	private Window(long[][] counts, long[] at) {
		this.counts = counts;
		this.at = at;
	}

	/**
	 * Add a look.
	 * @param now what is counted now
	 * @param time when that is
	 * @return the window with it
	 */
	Window plus(long[] now, long time) {
		int kept = Math.min(this.at.length + 1, KEPT);
		long[][] allCounts = new long[kept][];
		long[] all = new long[kept];
		allCounts[0] = now;
		all[0] = time;
		System.arraycopy(this.counts, 0, allCounts, 1, kept - 1);
		System.arraycopy(this.at, 0, all, 1, kept - 1);
		return new Window(allCounts, all);
	}

	/**
	 * Return what was counted at the look before.
	 * @return the counts, or {@code null} if there was none
	 */
	long @Nullable [] latest() {
		return (this.at.length > 0) ? this.counts[0] : null;
	}

	/**
	 * Tell what happened within the last minute.
	 * @param now what is counted now
	 * @param time when that is
	 * @return the difference; to the beginning if nobody has looked since
	 */
	long[] sinceAMinute(long[] now, long time) {
		long[] before = null;
		for (int look = 0; look < this.at.length; look++) {
			// One that is a little older than a minute is nearer to it than the next.
			if (time - this.at[look] <= MINUTE + MINUTE / KEPT) {
				before = this.counts[look];
			}
			else if (before == null) {
				before = this.counts[look];
			}
		}
		return difference(now, before);
	}

	static long[] difference(long[] now, long @Nullable [] before) {
		long[] difference = now.clone();
		for (int index = 0; before != null && index < difference.length; index++) {
			difference[index] -= before[index];
		}
		return difference;
	}

}
