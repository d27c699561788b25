package dev.connpool.pool.acquire;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.LeaseList;
import dev.connpool.pool.host.Mailbox;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The callers that wait for a connection to one host, first come first served. Used by
 * the mailbox of the host alone, but for {@link #published}.
 */
public final class PendingAcquires {

	private final Mailbox mailbox;

	private final LeaseList<Lease> leases = new LeaseList<>();

	/** Where callers are told of errors; never that of another caller. */
	private final EventLoop eventLoop;

	private final long tick;

	private volatile int published;

	/** When the first of them asked; written before {@link #published}. */
	private long eldestAskedAt;

	private @Nullable Future<?> ticking;

	PendingAcquires(Mailbox mailbox, EventLoop eventLoop, long tick) {
		this.mailbox = mailbox;
		this.eventLoop = eventLoop;
		this.tick = tick;
	}

	/**
	 * Return how many wait, as last published. On any thread.
	 * @return the number of callers
	 */
	public int published() {
		return this.published;
	}

	/**
	 * Return for how long the first of those has waited who wait, as last published. On
	 * any thread.
	 * @return the time, or {@code null} if nobody waits
	 */
	public @Nullable Duration longestWait() {
		long askedAt = (this.published > 0) ? this.eldestAskedAt : 0;
		return (askedAt != 0) ? Duration.ofNanos(Math.max(0, System.nanoTime() - askedAt)) : null;
	}

	/**
	 * Let other threads know how many wait. A stream that becomes free after that will
	 * wake the mailbox.
	 */
	void publish() {
		assert this.mailbox.isInside();
		Lease eldest = this.leases.first();
		this.eldestAskedAt = (eldest != null) ? eldest.askedAt() : 0;
		this.published = this.leases.size();
	}

	int size() {
		assert this.mailbox.isInside();
		return this.leases.size();
	}

	@Nullable Lease first() {
		assert this.mailbox.isInside();
		return this.leases.first();
	}

	/**
	 * Return who came after another.
	 * @param lease who waits
	 * @return the next, or {@code null} if there is none
	 */
	@Nullable Lease next(Lease lease) {
		assert this.mailbox.isInside();
		return this.leases.next(lease);
	}

	void add(Lease lease) {
		assert this.mailbox.isInside();
		this.leases.addLast(lease);
	}

	void addFirst(Lease lease) {
		assert this.mailbox.isInside();
		this.leases.addFirst(lease);
	}

	void remove(Lease lease) {
		assert this.mailbox.isInside();
		this.leases.remove(lease);
	}

	void failFirst(ConnPoolException error) {
		for (Lease first = first(); first != null; first = first()) {
			if (fail(first, error)) {
				return;
			}
		}
	}

	void failAll(ConnPoolException error) {
		while (this.leases.size() > 0) {
			failFirst(error);
		}
	}

	/**
	 * Refuse the caller that came last.
	 * @param error says why, made when the caller is not counted any more
	 */
	void failLast(Supplier<ConnPoolException> error) {
		assert this.mailbox.isInside();
		Lease last = this.leases.last();
		if (last != null) {
			remove(last);
			publish();
			last.fail(error.get(), this.eventLoop);
		}
	}

	private boolean fail(Lease lease, ConnPoolException error) {
		remove(lease);
		return lease.fail(error, this.eventLoop);
	}

	/**
	 * Have the deadlines looked at while anybody waits.
	 * @param look told the current time after a tick, to post {@link #expire}
	 */
	void watch(LongConsumer look) {
		assert this.mailbox.isInside();
		if (this.ticking == null && this.leases.size() > 0) {
			this.ticking = this.eventLoop.schedule(() -> look.accept(System.nanoTime()), this.tick,
					TimeUnit.NANOSECONDS);
		}
	}

	void expire(long now) {
		assert this.mailbox.isInside();
		this.ticking = null;
		Lease lease = first();
		while (lease != null) {
			Lease next = this.leases.next(lease);
			ConnPoolException error = lease.overdue(now);
			if (error != null) {
				fail(lease, error);
			}
			lease = next;
		}
	}

}
