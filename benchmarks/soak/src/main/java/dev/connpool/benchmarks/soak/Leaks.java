package dev.connpool.benchmarks.soak;

import java.util.concurrent.atomic.AtomicInteger;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;

/**
 * Counts the buffers that Netty finds lost, and prints where they had been. To be
 * installed before the first buffer is allocated.
 */
final class Leaks extends ResourceLeakDetectorFactory {

	private static final int PRINTED = 20;

	private static final AtomicInteger FOUND = new AtomicInteger();

	private Leaks() {
	}

	static void watch() {
		ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
		ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Leaks());
	}

	static int found() {
		return FOUND.get();
	}

	private static void found(String type, String records) {
		if (FOUND.incrementAndGet() <= PRINTED) {
			System.err.printf("Lost: %s%n%s%n", type, records);
		}
	}

	@Override
	@SuppressWarnings("deprecation")
	public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval,
			long maxActive) {
		return new Counting<>(resource, samplingInterval);
	}

	/**
	 * Counts instead of logging.
	 */
	private static final class Counting<T> extends ResourceLeakDetector<T> {

		Counting(Class<T> resource, int samplingInterval) {
			super(resource, samplingInterval);
		}

		@Override
		protected boolean needReport() {
			return true;
		}

		@Override
		protected void reportTracedLeak(String type, String records) {
			found(type, records);
		}

		@Override
		protected void reportUntracedLeak(String type) {
			found(type, "");
		}

	}

}
