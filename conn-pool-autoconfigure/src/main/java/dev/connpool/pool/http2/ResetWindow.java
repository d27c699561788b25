package dev.connpool.pool.http2;

import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happened in the last thirty seconds, to the second: whatever counts as less
 * than that ago is in. Only used by its owner.
 */
final class ResetWindow {

	private static final int SECONDS = 30;

	/** One more, as the first and the last are cut short. */
	private static final int SLOTS = SECONDS + 1;

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private final EventExecutor owner;

	/** How often in each second; nothing until it happens. */
	private int @Nullable [] slots;

	private long second;

	private int sum;

	/**
	 * Create a window in which nothing has happened.
	 * @param owner whose thread uses this
	 */
	ResetWindow(EventExecutor owner) {
		this.owner = owner;
	}

	/**
	 * Count one.
	 * @param now the current time, in terms of {@link System#nanoTime()}
	 */
	void add(long now) {
		assert this.owner.inEventLoop();
		int[] counts = this.slots;
		if (counts == null) {
			counts = new int[SLOTS];
			this.slots = counts;
			this.second = Math.floorDiv(now, SECOND);
		}
		forget(counts, now);
		counts[slot(this.second)]++;
		this.sum++;
	}

	/**
	 * Return how often it happened of late.
	 * @param now the current time
	 * @return the number
	 */
	int count(long now) {
		assert this.owner.inEventLoop();
		int[] counts = this.slots;
		if (counts != null) {
			forget(counts, now);
		}
		return this.sum;
	}

	private void forget(int[] counts, long now) {
		long current = Math.floorDiv(now, SECOND);
		for (int passed = 0; this.second < current && passed < SLOTS; passed++) {
			this.second++;
			this.sum -= counts[slot(this.second)];
			counts[slot(this.second)] = 0;
		}
		this.second = current;
	}

	private static int slot(long second) {
		return (int) Math.floorMod(second, (long) SLOTS);
	}

}
