package dev.connpool.pool.memory;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

import dev.connpool.snapshot.Quantiles;
import org.jspecify.annotations.Nullable;

/**
 * Into which of a fixed number of buckets a duration falls: four for each doubling, from
 * 16 microseconds to four and a half minutes. A quantile is the middle of its bucket,
 * which is at most an eighth beside the truth.
 */
final class Buckets {

	/** How many there are. */
	static final int COUNT = 96;

	/** Durations are counted in units of 2 to this power of nanoseconds. */
	private static final int UNIT_BITS = 14;

	private static final int STEPS = 4;

	private static final int STEP_BITS = 2;

	private static final int TEN = 10;

	private static final int HUNDRED = 100;

	private Buckets() {
	}

	/**
	 * Return the bucket of a duration.
	 * @param nanos the duration
	 * @return the bucket, from 0
	 */
	static int of(long nanos) {
		long units = nanos >> UNIT_BITS;
		if (units < STEPS) {
			return (int) Math.max(0, units);
		}
		int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(units);
		int bucket = (exponent - 1) * STEPS + (int) (units >> (exponent - STEP_BITS)) - STEPS;
		return Math.min(bucket, COUNT - 1);
	}

	/**
	 * Return where a bucket begins.
	 * @param bucket the bucket
	 * @return its shortest duration in nanoseconds
	 */
	static long begin(int bucket) {
		if (bucket < STEPS) {
			return (long) bucket << UNIT_BITS;
		}
		int exponent = bucket / STEPS + 1;
		return (long) (STEPS + bucket % STEPS) << (exponent - STEP_BITS + UNIT_BITS);
	}

	/**
	 * Return quantiles.
	 * @param counts the durations in each bucket
	 * @param from where the first bucket is
	 * @return the quantiles, or {@code null} of nothing
	 */
	static @Nullable Quantiles quantiles(long[] counts, int from) {
		long all = 0;
		for (int bucket = 0; bucket < COUNT; bucket++) {
			all += counts[from + bucket];
		}
		return (all <= 0) ? null : new Quantiles(duration(quantile(counts, from, all, 0.5)),
				duration(quantile(counts, from, all, 0.9)), duration(quantile(counts, from, all, 0.99)));
	}

	private static long quantile(long[] counts, int from, long all, double share) {
		long rank = (long) Math.ceil(all * share);
		int bucket = 0;
		for (long seen = counts[from]; seen < rank && bucket < COUNT - 1; seen += counts[from + bucket]) {
			bucket++;
		}
		return (begin(bucket) + begin(bucket + 1)) / 2;
	}

	// Two digits are all that is known.
	private static Duration duration(long nanos) {
		long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
		long unit = 1;
		while (micros / unit >= HUNDRED) {
			unit *= TEN;
		}
		return Duration.of((micros + unit / 2) / unit * unit, ChronoUnit.MICROS);
	}

}
