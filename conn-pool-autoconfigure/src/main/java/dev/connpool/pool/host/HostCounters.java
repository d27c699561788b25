package dev.connpool.pool.host;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import dev.connpool.snapshot.HostSnapshot;

/**
 * What happened so far with one host. Safe for use by many threads.
 */
public final class HostCounters {

	private final LongAdder opened = new LongAdder();

	private final Map<CloseReason, LongAdder> closed = new ConcurrentHashMap<>();

	private final Map<ReplayReason, LongAdder> replayed = new ConcurrentHashMap<>();

	private final LongAdder handshakes = new LongAdder();

	/** Exchanges that are the first on their connection, and the others. */
	private final LongAdder first = new LongAdder();

	private final LongAdder reused = new LongAdder();

	private final LongAdder turnedAway = new LongAdder();

	private final LongAdder resetsSent = new LongAdder();

	private final LongAdder leaks = new LongAdder();

	private final LongAdder leaksEnded = new LongAdder();

	void opened() {
		this.opened.increment();
	}

	void handshake() {
		this.handshakes.increment();
	}

	void closed(CloseReason reason) {
		this.closed.computeIfAbsent(reason, (first) -> new LongAdder()).increment();
	}

	void replayed(ReplayReason reason) {
		this.replayed.computeIfAbsent(reason, (first) -> new LongAdder()).increment();
	}

	void acquired(boolean again) {
		(again ? this.reused : this.first).increment();
	}

	void turnedAway() {
		this.turnedAway.increment();
	}

	void resetSent() {
		this.resetsSent.increment();
	}

	void leakBegun() {
		this.leaks.increment();
	}

	void leakEnded() {
		this.leaksEnded.increment();
	}

	/**
	 * Return how many exchanges have a response that nobody read for too long.
	 * @return those that are not over
	 */
	public int leaking() {
		return (int) Math.max(0, this.leaks.sum() - this.leaksEnded.sum());
	}

	/**
	 * Return how many exchanges were given a connection.
	 * @return the number of exchanges
	 */
	public long acquiredSum() {
		return this.first.sum() + this.reused.sum();
	}

	public HostSnapshot.Counters snapshot() {
		Map<String, Long> byReason = sums(this.closed);
		long all = byReason.values().stream().mapToLong(Long::longValue).sum();
		long again = this.reused.sum();
		return new HostSnapshot.Counters(this.opened.sum(), all, this.first.sum() + again, again, this.handshakes.sum(),
				byReason, sums(this.replayed), this.turnedAway.sum(), this.resetsSent.sum(), this.leaks.sum());
	}

	private static Map<String, Long> sums(Map<?, LongAdder> counts) {
		Map<String, Long> sums = new TreeMap<>();
		counts.forEach((reason, count) -> sums.put(String.valueOf(reason), count.sum()));
		return sums;
	}

}
