package dev.connpool.pool.host;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * How many connections are idle, for one host and for all hosts of its client. Safe for
 * use by many threads.
 */
public final class IdleCount {

	private final @Nullable IdleCount all;

	private final AtomicInteger count = new AtomicInteger();

	public IdleCount() {
		this(null);
	}

	private IdleCount(@Nullable IdleCount all) {
		this.all = all;
	}

	public IdleCount forHost() {
		return new IdleCount(this);
	}

	public void add(int more) {
		this.count.addAndGet(more);
		if (this.all != null) {
			this.all.add(more);
		}
	}

	public int get() {
		return this.count.get();
	}

}
