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

	/**
	 * Return a count whose changes are counted here as well.
	 * @return the count of one host
	 */
	public IdleCount forHost() {
		return new IdleCount(this);
	}

	/**
	 * Change the count. On any thread.
	 * @param more how many more are idle, negative if fewer are
	 */
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
