package dev.connpool.testing;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The TCP connections of a server, counted where they are accepted.
 */
public final class ConnectionCount {

	private final AtomicInteger accepted = new AtomicInteger();

	private final AtomicInteger open = new AtomicInteger();

	private final AtomicInteger peak = new AtomicInteger();

	ConnectionCount() {
	}

	/**
	 * Return how many connections were accepted so far.
	 * @return the number of connections
	 */
	public int accepted() {
		return this.accepted.get();
	}

	/**
	 * Return how many connections are open.
	 * @return the number of connections
	 */
	public int open() {
		return this.open.get();
	}

	/**
	 * Return how many connections were open at most.
	 * @return the number of connections
	 */
	public int peak() {
		return this.peak.get();
	}

	void opened() {
		this.accepted.incrementAndGet();
		this.peak.accumulateAndGet(this.open.incrementAndGet(), Math::max);
	}

	void closed() {
		this.open.decrementAndGet();
	}

	@Override
	public String toString() {
		return "%d accepted, %d open, at most %d open".formatted(accepted(), open(), peak());
	}

}
