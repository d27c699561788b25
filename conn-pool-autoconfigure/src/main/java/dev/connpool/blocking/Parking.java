package dev.connpool.blocking;

import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * Where a thread waits for what another thread does. One at a time; none is pinned to its
 * carrier.
 */
final class Parking {

	private volatile @Nullable Thread waiting;

	/**
	 * Refuse a thread on which others rely, such as an event loop.
	 * @throws IllegalStateException if this is one
	 */
	static void assertMayBlock() {
		if (Schedulers.isInNonBlockingThread()) {
			throw new IllegalStateException(
					"Thread '%s' must not wait for a response: use a WebClient there, or another thread."
						.formatted(Thread.currentThread().getName()));
		}
	}

	/**
	 * Wait until something is so.
	 * @param condition what is waited for; whoever makes it so {@link #wake() wakes} the
	 * thread
	 * @throws InterruptedIOException if the thread is interrupted, which it still is then
	 */
	void await(BooleanSupplier condition) throws InterruptedIOException {
		if (condition.getAsBoolean()) {
			return;
		}
		Thread self = Thread.currentThread();
		this.waiting = self;
		try {
			while (!condition.getAsBoolean()) {
				if (self.isInterrupted()) {
					throw new InterruptedIOException("Interrupted");
				}
				LockSupport.park(this);
			}
		}
		finally {
			this.waiting = null;
		}
	}

	/**
	 * Have the thread that waits look again.
	 */
	void wake() {
		Thread thread = this.waiting;
		if (thread != null) {
			LockSupport.unpark(thread);
		}
	}

}
