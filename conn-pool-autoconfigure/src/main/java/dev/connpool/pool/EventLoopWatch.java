package dev.connpool.pool;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.SingleThreadEventExecutor;

/**
 * Notices that event loops are stopped before the client that runs on them. Safe for use
 * by many threads.
 * <p>
 * Netty cancels their timers then, and may leave channels open that nobody can close any
 * more.
 */
final class EventLoopWatch {

	private final Consumer<EventLoop> stopping;

	private final Map<SingleThreadEventExecutor, Runnable> hooks = new ConcurrentHashMap<>();

	private volatile boolean ended;

	/**
	 * Create a watch.
	 * @param stopping told of each event loop, on that event loop, while it still works
	 */
	EventLoopWatch(Consumer<EventLoop> stopping) {
		this.stopping = stopping;
	}

	void watch(EventLoop eventLoop) {
		if (!this.ended && eventLoop instanceof SingleThreadEventExecutor executor
				&& !this.hooks.containsKey(executor)) {
			Runnable hook = () -> {
				this.hooks.remove(executor);
				this.stopping.accept(eventLoop);
			};
			if (this.hooks.putIfAbsent(executor, hook) == null) {
				add(executor, hook);
			}
		}
	}

	private void add(SingleThreadEventExecutor executor, Runnable hook) {
		try {
			executor.addShutdownHook(hook);
		}
		catch (RejectedExecutionException ex) {
			// It has been stopped.
			this.hooks.remove(executor);
		}
		if (this.ended) {
			remove(executor, hook);
		}
	}

	/**
	 * Watch none any more: event loops outlive clients.
	 */
	void end() {
		this.ended = true;
		this.hooks.forEach(this::remove);
	}

	private void remove(SingleThreadEventExecutor executor, Runnable hook) {
		this.hooks.remove(executor);
		try {
			executor.removeShutdownHook(hook);
		}
		catch (RejectedExecutionException ex) {
			// It has been stopped.
		}
	}

}
