package dev.connpool.benchmarks;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Latencies, with 32 steps per power of two (about 3 %).
 */
public final class Histogram {

	private static final int STEPS = 32;

	private static final int BITS = 5;

	private final AtomicIntegerArray buckets = new AtomicIntegerArray(Long.SIZE * STEPS);

	void record(long nanos) {
		this.buckets.incrementAndGet(index(Math.max(nanos, 1)));
	}

	private static int index(long value) {
		int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
		int step = (exponent < BITS) ? 0 : (int) (value >>> (exponent - BITS)) & (STEPS - 1);
		return exponent * STEPS + step;
	}

	public double micros(double quantile) {
		long total = 0;
		for (int i = 0; i < this.buckets.length(); i++) {
			total += this.buckets.get(i);
		}
		long rank = Math.max(1, (long) Math.ceil(total * quantile));
		long seen = 0;
		for (int i = 0; i < this.buckets.length(); i++) {
			seen += this.buckets.get(i);
			if (seen >= rank) {
				int exponent = i / STEPS;
				long lower = (exponent < BITS) ? 1L << exponent : (long) (STEPS + i % STEPS) << (exponent - BITS);
				return lower / 1e3;
			}
		}
		return 0;
	}

}
