package dev.connpool.pool.host;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.concurrent.Queues;

/**
 * Runs what belongs to one owner one at a time, on whichever thread brings it, without a
 * lock: a thread that finds another at work leaves its event there and goes on.
 */
public final class Mailbox {

	private static final Logger log = Loggers.getLogger(Mailbox.class);

	private final Queue<Object> events = Queues.unboundedMultiproducer().get();

	private final AtomicInteger rounds = new AtomicInteger();

	private final Consumer<Object> handler;

	private final Runnable afterwards;

	/** Who works; compared with the calling thread only, which knows what it wrote. */
	private @Nullable Thread worker;

	/**
	 * Create a mailbox.
	 * @param handler told of each event
	 * @param afterwards run when there are no more, at least once for each
	 * {@link #workOff}
	 */
	public Mailbox(Consumer<Object> handler, Runnable afterwards) {
		this.handler = handler;
		this.afterwards = afterwards;
	}

	/**
	 * Leave an event, and handle it unless another thread does. On any thread.
	 * @param event the event
	 */
	public void post(Object event) {
		this.events.offer(event);
		workOff();
	}

	/**
	 * Have all events handled, unless a thread does so: it learns of this. On any thread.
	 */
	public void workOff() {
		if (this.rounds.getAndIncrement() != 0) {
			return;
		}
		this.worker = Thread.currentThread();
		int done = 1;
		while (done != 0) {
			for (Object event = this.events.poll(); event != null; event = this.events.poll()) {
				survive(this.handler, event);
			}
			survive((settled) -> this.afterwards.run(), this);
			done = leave(done);
		}
	}

	// Another thread may be at work as soon as this one has left.
	private int leave(int done) {
		this.worker = null;
		int more = this.rounds.addAndGet(-done);
		if (more != 0) {
			this.worker = Thread.currentThread();
		}
		return more;
	}

	/**
	 * Return whether the calling thread may do what belongs to the owner. For assertions.
	 * @return whether it is the one that handles an event
	 */
	public boolean isInside() {
		return this.worker == Thread.currentThread();
	}

	// Whoever brings the next event has to find the mailbox working
	private static void survive(Consumer<Object> task, Object event) {
		try {
			task.accept(event);
		}
		catch (Throwable ex) {
			log.error("A connection pool could not do its work", ex);
		}
	}

}
