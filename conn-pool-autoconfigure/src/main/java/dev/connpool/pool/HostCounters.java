package dev.connpool.pool;

import java.util.concurrent.atomic.LongAdder;

import dev.connpool.snapshot.HostSnapshot;

/**
 * What happened so far with one host. Safe for use by many threads.
 */
final class HostCounters {

	private final LongAdder opened = new LongAdder();

	private final LongAdder closed = new LongAdder();

	private final LongAdder acquired = new LongAdder();

	private final LongAdder reused = new LongAdder();

	void opened() {
		this.opened.increment();
	}

	void closed() {
		this.closed.increment();
	}

	void acquired(boolean again) {
		this.acquired.increment();
		if (again) {
			this.reused.increment();
		}
	}

	HostSnapshot.Counters snapshot() {
		return new HostSnapshot.Counters(this.opened.sum(), this.closed.sum(), this.acquired.sum(), this.reused.sum());
	}

}
