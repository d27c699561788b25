package dev.connpool.pool.host;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import dev.connpool.pool.memory.FailureKind;
import dev.connpool.snapshot.HostSnapshot;

/**
 * What happened so far with one host. Safe for use by many threads.
 */
public final class HostCounters {

	private final LongAdder dialled = new LongAdder();

	private final LongAdder opened = new LongAdder();

	private final Map<CloseReason, LongAdder> dialFailed = new ConcurrentHashMap<>();

	private final Map<CloseReason, LongAdder> closed = new ConcurrentHashMap<>();

	private final Map<ReplayReason, LongAdder> replayed = new ConcurrentHashMap<>();

	private final LongAdder handshakes = new LongAdder();

	/** Exchanges that are the first on their connection, and the others. */
	private final LongAdder first = new LongAdder();

	private final LongAdder reused = new LongAdder();

	private final LongAdder turnedAway = new LongAdder();

	private final LongAdder resetsSent = new LongAdder();

	private final Map<FailureKind, LongAdder> failed = new ConcurrentHashMap<>();

	private final LongAdder timedOut = new LongAdder();

	private final LongAdder leaks = new LongAdder();

	private final LongAdder leaksEnded = new LongAdder();

	void dialled() {
		this.dialled.increment();
	}

	void dialFailed(CloseReason reason) {
		add(this.dialFailed, reason);
	}

	void opened() {
		this.opened.increment();
	}

	void handshake() {
		this.handshakes.increment();
	}

	void closed(CloseReason reason) {
		add(this.closed, reason);
	}

	void failed(FailureKind kind, boolean timedOut) {
		add(this.failed, kind);
		if (timedOut) {
			this.timedOut.increment();
		}
	}

	void replayed(ReplayReason reason) {
		add(this.replayed, reason);
	}

	private static <K> void add(Map<K, LongAdder> counts, K key) {
		LongAdder known = counts.get(key);
		((known != null) ? known : counts.computeIfAbsent(key, (first) -> new LongAdder())).increment();
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
		Map<String, Long> closed = sums(this.closed);
		Map<String, Long> dialFailed = sums(this.dialFailed);
		Map<String, Long> failed = sums(this.failed);
		long again = this.reused.sum();
		return new HostSnapshot.Counters(this.dialled.sum(), this.opened.sum(), all(dialFailed), all(closed),
				this.first.sum() + again, again, this.handshakes.sum(), all(failed), this.timedOut.sum(),
				this.turnedAway.sum(), this.resetsSent.sum(), this.leaks.sum(), closed, dialFailed, failed,
				sums(this.replayed));
	}

	private static long all(Map<String, Long> counts) {
		return counts.values().stream().mapToLong(Long::longValue).sum();
	}

	private static Map<String, Long> sums(Map<?, LongAdder> counts) {
		Map<String, Long> sums = new TreeMap<>();
		counts.forEach((reason, count) -> sums.put(String.valueOf(reason), count.sum()));
		return sums;
	}

}
