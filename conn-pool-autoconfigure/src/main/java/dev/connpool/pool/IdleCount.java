package dev.connpool.pool;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * How many connections are idle, for one host and for all hosts of its client. Safe for
 * use by many threads.
 */
final class IdleCount {

	private final @Nullable IdleCount all;

	private final AtomicInteger count = new AtomicInteger();

	IdleCount() {
		this(null);
	}

	private IdleCount(@Nullable IdleCount all) {
		this.all = all;
	}

	IdleCount forHost() {
		return new IdleCount(this);
	}

	void add(int more) {
		this.count.addAndGet(more);
		if (this.all != null) {
			this.all.add(more);
		}
	}

	int get() {
		return this.count.get();
	}

}
