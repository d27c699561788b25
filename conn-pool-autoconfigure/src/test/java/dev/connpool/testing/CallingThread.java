package dev.connpool.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A thread that makes one call and waits for it.
 */
public final class CallingThread {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Thread thread;

	private volatile @Nullable Object result;

	private volatile @Nullable Throwable error;

	private volatile boolean interrupted;

	private CallingThread(Callable<?> call, Function<Runnable, Thread> factory) {
		this.thread = factory.apply(() -> run(call));
	}

	/** Make a call on a thread of its own. */
	public static CallingThread start(Callable<?> call) {
		return start(call, (task) -> new Thread(task, "calling"));
	}

	/** Make a call on a thread of some kind. */
	public static CallingThread start(Callable<?> call, Function<Runnable, Thread> factory) {
		CallingThread calling = new CallingThread(call, factory);
		calling.thread.setDaemon(true);
		calling.thread.start();
		return calling;
	}

	private void run(Callable<?> call) {
		try {
			this.result = call.call();
		}
		catch (Throwable ex) {
			this.error = ex;
		}
		this.interrupted = Thread.currentThread().isInterrupted();
	}

	/** Go on when the thread waits. */
	public CallingThread waits() {
		await().atMost(PATIENCE).until(() -> this.thread.getState() == Thread.State.WAITING);
		return this;
	}

	public boolean isWaiting() {
		return this.thread.getState() == Thread.State.WAITING;
	}

	public boolean isDone() {
		return !this.thread.isAlive();
	}

	public CallingThread interrupt() {
		this.thread.interrupt();
		return this;
	}

	/** Go on when the thread has ended. */
	public CallingThread ends() {
		await().atMost(PATIENCE).until(this::isDone);
		return this;
	}

	/** The result of the call, once it has one. */
	public @Nullable Object result() {
		ends();
		assertThat(this.error).isNull();
		return this.result;
	}

	/** What the call has thrown, once it has. */
	public Throwable error() {
		ends();
		Throwable thrown = this.error;
		if (thrown == null) {
			throw new AssertionError("It has returned " + this.result);
		}
		return thrown;
	}

	/** Whether the thread was still interrupted after the call. */
	public boolean isInterrupted() {
		return this.interrupted;
	}

}
