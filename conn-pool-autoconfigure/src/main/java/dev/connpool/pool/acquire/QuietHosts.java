package dev.connpool.pool.acquire;

import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.pool.connection.LeastRecentlyUsed;

/**
 * The hosts of one client that nobody needs for now. They are remembered for a while, but
 * not too many of them. Safe for use by many threads.
 */
public final class QuietHosts {

	private static final int MOST = 1_000;

	private final AtomicInteger count = new AtomicInteger();

	private final LeastRecentlyUsed order = new LeastRecentlyUsed(this.count::get, () -> MOST);

	/**
	 * Note that nobody needs a host for now. If there are too many such, the one that was
	 * needed least recently is forgotten before its time.
	 * @param host its place among the others
	 */
	void add(LeastRecentlyUsed.Entry host) {
		this.count.incrementAndGet();
		this.order.unused(host);
		this.order.limit();
	}

	/**
	 * Note that a host is needed again, or forgotten.
	 */
	void remove() {
		this.count.decrementAndGet();
	}

	/**
	 * Note that a host is forgotten.
	 * @param host its place among the others
	 */
	void forgotten(LeastRecentlyUsed.Entry host) {
		this.order.gone(host);
	}

}
