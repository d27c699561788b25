package dev.connpool.benchmarks.soak;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The POSTs that the servers have acted on, by request id.
 */
final class Ledger {

	private final Set<Long> acted = ConcurrentHashMap.newKeySet();

	private final AtomicLong twice = new AtomicLong();

	private final AtomicLong requests = new AtomicLong();

	/**
	 * Note a request that has arrived whole.
	 * @param query what it asks for
	 * @param post whether it may not be acted on twice
	 */
	void arrived(Query query, boolean post) {
		this.requests.incrementAndGet();
		if (post && query.fault().isActedOn() && !this.acted.add(query.id())) {
			this.twice.incrementAndGet();
			System.err.println("Acted on twice: " + query);
		}
	}

	long requests() {
		return this.requests.get();
	}

	long twice() {
		return this.twice.get();
	}

}
