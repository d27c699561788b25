package dev.connpool.pool.http2;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many streams of one HTTP/2 connection are reserved, and how many may be while it is
 * open, which the connection knows. For any thread.
 * <p>
 * Two things keep a stream from being reserved, and they do not exclude each other, so
 * that they are no states of one machine: the connection is suspect (which passes, and is
 * said on its event loop), and nothing is reserved any more and nothing can be (which is
 * one value of the count, so that it and the count cannot disagree).
 */
final class StreamPermits {

	/** More than can be taken back: nothing can be reserved any more. */
	private static final int CLOSED = Integer.MIN_VALUE / 2;

	private final AtomicInteger reserved = new AtomicInteger();

	/**
	 * What the server and the settings allow. One until the server's SETTINGS say: it
	 * costs the first request no round trip, and nothing is refused.
	 */
	private volatile int allowed = 1;

	/** Whether the connection is suspect. Changed on its event loop. */
	private volatile boolean suspended;

	int allowed() {
		return this.allowed;
	}

	void allow(int streams) {
		this.allowed = streams;
	}

	boolean isSuspended() {
		return this.suspended;
	}

	/**
	 * Reserve none for now, or go on.
	 * @param suspended whether none is to be reserved
	 */
	void suspend(boolean suspended) {
		this.suspended = suspended;
	}

	/**
	 * Return how many may be reserved at once.
	 * @return the number of streams, 0 while none is to be reserved
	 */
	int limit() {
		return this.suspended ? 0 : this.allowed;
	}

	int count() {
		return Math.max(0, this.reserved.get());
	}

	/**
	 * Reserve a stream.
	 * @return how many are reserved now; 0 if this one could not be
	 */
	int take() {
		for (int count = this.reserved.get(); count >= 0 && count < limit(); count = this.reserved.get()) {
			if (this.reserved.compareAndSet(count, count + 1)) {
				return count + 1;
			}
		}
		return 0;
	}

	/**
	 * Give a stream back.
	 * @return how many are reserved now
	 */
	int giveBack() {
		return this.reserved.decrementAndGet();
	}

	/**
	 * Reserve none any more, unless one is reserved now.
	 * @return whether none was
	 */
	boolean close() {
		return this.reserved.compareAndSet(0, CLOSED);
	}

}
