package dev.connpool.pool.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one event loop counts of the requests to one address. Written by that event loop
 * alone, so that counting takes no lock and no atomic instruction; any thread may read,
 * and may see it a moment later. Counts only grow: whoever wants to know what happened
 * meanwhile takes the difference.
 */
public final class Tally {

	/** Where the waits are. */
	static final int WAITS = 0;

	/** Where the times to the header are. */
	static final int HEADERS = Buckets.COUNT;

	/** Where the failures are, those with a status of 500 and above included. */
	static final int FAILED = 2 * Buckets.COUNT;

	/** How many counts there are. */
	static final int SIZE = FAILED + 1;

	private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

	private final long[] counts = new long[SIZE];

	/**
	 * Count an exchange that was given a connection.
	 * @param nanos how long it waited for that
	 */
	public void waited(long nanos) {
		add(WAITS + Buckets.of(nanos));
	}

	/**
	 * Count an exchange that was answered.
	 * @param nanos how long after it began the header of the response came
	 */
	public void answered(long nanos) {
		add(HEADERS + Buckets.of(nanos));
	}

	/**
	 * Count an exchange that failed.
	 */
	public void failed() {
		add(FAILED);
	}

	private void add(int index) {
		COUNTS.setOpaque(this.counts, index, this.counts[index] + 1);
	}

	/**
	 * Add what was counted. On any thread.
	 * @param sum where to add it
	 */
	void addTo(long[] sum) {
		for (int index = 0; index < SIZE; index++) {
			sum[index] += (long) COUNTS.getOpaque(this.counts, index);
		}
	}

}
