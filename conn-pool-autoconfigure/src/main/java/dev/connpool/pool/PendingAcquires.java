package dev.connpool.pool;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

import dev.connpool.error.ConnPoolException;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The callers that wait for a connection to one host, first come first served. Used by
 * the mailbox of the host alone, but for {@link #published}.
 */
final class PendingAcquires {

	private final LeaseList exchanges = new LeaseList();

	/** Where callers are told bad news; never that of another caller. */
	private final EventLoop eventLoop;

	private final long tick;

	private volatile int published;

	private @Nullable Future<?> ticking;

	PendingAcquires(EventLoop eventLoop, long tick) {
		this.eventLoop = eventLoop;
		this.tick = tick;
	}

	/**
	 * Return how many wait, as last published. On any thread.
	 * @return the number of callers
	 */
	int published() {
		return this.published;
	}

	/**
	 * Let other threads know how many wait. A stream that becomes free after that will
	 * wake the mailbox.
	 */
	void publish() {
		this.published = this.exchanges.size();
	}

	int size() {
		return this.exchanges.size();
	}

	@Nullable Exchange first() {
		return this.exchanges.first();
	}

	void add(Exchange exchange) {
		this.exchanges.addLast(exchange);
	}

	void addFirst(Exchange exchange) {
		this.exchanges.addFirst(exchange);
	}

	void remove(Exchange exchange) {
		this.exchanges.remove(exchange);
	}

	void failFirst(ConnPoolException error) {
		for (Exchange first = first(); first != null; first = first()) {
			if (fail(first, error)) {
				return;
			}
		}
	}

	void failAll(ConnPoolException error) {
		while (this.exchanges.size() > 0) {
			failFirst(error);
		}
	}

	/**
	 * Refuse the caller that came last.
	 * @param error says why, made when the caller is not counted any more
	 */
	void failLast(Supplier<ConnPoolException> error) {
		Exchange last = this.exchanges.last();
		if (last != null) {
			remove(last);
			publish();
			last.fail(error.get(), this.eventLoop);
		}
	}

	private boolean fail(Exchange exchange, ConnPoolException error) {
		remove(exchange);
		return exchange.fail(error, this.eventLoop);
	}

	/**
	 * Have the deadlines looked at while anybody waits.
	 * @param look told the current time after a tick, to post {@link #expire}
	 */
	void watch(LongConsumer look) {
		if (this.ticking == null && this.exchanges.size() > 0) {
			this.ticking = this.eventLoop.schedule(() -> look.accept(System.nanoTime()), this.tick,
					TimeUnit.NANOSECONDS);
		}
	}

	void expire(long now) {
		this.ticking = null;
		Exchange exchange = first();
		while (exchange != null) {
			Exchange next = exchange.next;
			ConnPoolException error = exchange.overdue(now);
			if (error != null) {
				fail(exchange, error);
			}
			exchange = next;
		}
	}

}
