package dev.connpool.pool.exchange;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The content of one response. It has one subscriber, to which its parts belong: it
 * releases them. While that wants more, the channel reads; what it has not asked for
 * waits here, which is at most what one read brings. May be subscribed to, asked and
 * cancelled on any thread; all else happens on the event loop of the connection.
 */
public final class ResponseBody extends Flux<ByteBuf> implements Subscription {

	private static final AtomicIntegerFieldUpdater<ResponseBody> TAKEN = AtomicIntegerFieldUpdater
		.newUpdater(ResponseBody.class, "taken");

	private final DirectExchange exchange;

	private final EventLoop eventLoop;

	private volatile int taken;

	private volatile @Nullable CoreSubscriber<? super ByteBuf> subscriber;

	/** What has arrived and was not asked for; {@code null} until there is any. */
	private @Nullable Queue<ByteBuf> parts;

	private long demand;

	private State state = State.ARRIVING;

	private @Nullable Throwable error;

	/** Whether the subscriber is being told a part. */
	private boolean draining;

	ResponseBody(DirectExchange exchange) {
		this.exchange = exchange;
		this.eventLoop = exchange.eventLoop();
	}

	// On any thread

	@Override
	public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
		if (!TAKEN.compareAndSet(this, 0, 1)) {
			Operators.error(actual, new IllegalStateException("The response body can be read once only"));
			return;
		}
		actual.onSubscribe(this);
		if (this.eventLoop.inEventLoop()) {
			subscribed(actual);
		}
		else {
			execute(() -> subscribed(actual), actual);
		}
	}

	private void execute(Runnable task, @Nullable CoreSubscriber<? super ByteBuf> actual) {
		try {
			this.eventLoop.execute(task);
		}
		catch (RejectedExecutionException ex) {
			strand(actual);
		}
	}

	@Override
	public void request(long n) {
		if (!Operators.validate(n)) {
			return;
		}
		if (this.eventLoop.inEventLoop()) {
			requested(n);
		}
		else {
			request(n, this.subscriber);
		}
	}

	private void request(long n, @Nullable CoreSubscriber<? super ByteBuf> known) {
		try {
			this.eventLoop.execute(() -> requested(n));
		}
		catch (RejectedExecutionException ex) {
			// Who is only just subscribing is told then.
			if (known != null) {
				strand(known);
			}
		}
	}

	@Override
	public void cancel() {
		if (this.eventLoop.inEventLoop()) {
			cancelled();
		}
		else {
			execute(this::cancelled, null);
		}
	}

	// The event loop has been stopped, perhaps when all had arrived and was not asked
	// for.
	private void strand(@Nullable CoreSubscriber<? super ByteBuf> actual) {
		if (TAKEN.compareAndSet(this, 1, 2)) {
			release();
			if (actual != null) {
				actual.onError(this.exchange.stopped());
			}
		}
	}

	/**
	 * Discard the content, as somebody does who cancels at once: the connection is saved
	 * if that is cheap. Nothing happens if somebody has subscribed.
	 */
	public void discard() {
		if (this.taken == 0 && TAKEN.compareAndSet(this, 0, 1)) {
			cancel();
		}
	}

	// On the event loop

	private void subscribed(CoreSubscriber<? super ByteBuf> actual) {
		if (this.state != State.OVER) {
			this.subscriber = actual;
			drain();
		}
	}

	private void requested(long n) {
		this.demand = Operators.addCap(this.demand, n);
		drain();
	}

	private void cancelled() {
		if (this.state != State.OVER) {
			this.state = State.OVER;
			this.subscriber = null;
			release();
			this.exchange.abandon();
		}
	}

	/**
	 * Return whether the channel is to read.
	 * @return whether the subscriber waits for more
	 */
	boolean isWanted() {
		return this.demand > 0 && this.subscriber != null;
	}

	/**
	 * Take a part that has arrived.
	 * @param part the part
	 */
	void add(ByteBuf part) {
		if (this.state != State.ARRIVING) {
			part.release();
			return;
		}
		CoreSubscriber<? super ByteBuf> actual = this.subscriber;
		if (actual != null && this.demand > 0 && !this.draining && isEmpty()) {
			deliver(actual, part);
			drain();
			return;
		}
		if (this.parts == null) {
			this.parts = new ArrayDeque<>(4);
		}
		this.parts.add(part);
	}

	private void deliver(CoreSubscriber<? super ByteBuf> actual, ByteBuf part) {
		if (this.demand != Long.MAX_VALUE) {
			this.demand--;
		}
		this.exchange.partRead();
		this.draining = true;
		try {
			actual.onNext(part);
		}
		catch (Throwable ex) {
			// Reactor throws what it takes for fatal. What comes next would be taken for
			// the whole.
			this.exchange.failed(ex);
			ends(this.exchange.host().errors().failed(ex));
		}
		finally {
			this.draining = false;
		}
	}

	/**
	 * Note that all parts have arrived.
	 */
	void complete() {
		if (this.state == State.ARRIVING) {
			this.state = State.ENDED;
			drain();
		}
	}

	/**
	 * End this with an error, which does not wait to be asked for.
	 * @param cause what is told
	 */
	void fail(Throwable cause) {
		if (this.state == State.ARRIVING) {
			ends(cause);
			drain();
		}
	}

	private void ends(Throwable cause) {
		if (this.state != State.OVER) {
			this.state = State.ENDED;
			this.error = cause;
		}
		release();
	}

	private void drain() {
		CoreSubscriber<? super ByteBuf> actual = this.subscriber;
		if (actual == null || this.draining) {
			return;
		}
		Queue<ByteBuf> waiting = this.parts;
		while (this.state != State.OVER && this.demand > 0 && waiting != null && !waiting.isEmpty()) {
			deliver(actual, waiting.remove());
		}
		if (this.state == State.ARRIVING) {
			this.exchange.read(this.demand > 0);
		}
		else if (this.state == State.ENDED && isEmpty()) {
			this.state = State.OVER;
			this.subscriber = null;
			terminate(actual);
		}
	}

	private void terminate(CoreSubscriber<? super ByteBuf> actual) {
		try {
			if (this.error != null) {
				actual.onError(this.error);
			}
			else {
				actual.onComplete();
			}
		}
		catch (Throwable ex) {
			// There is nobody left to tell, and the connection is not to blame.
			Operators.onErrorDropped(ex, actual.currentContext());
		}
	}

	private boolean isEmpty() {
		return this.parts == null || this.parts.isEmpty();
	}

	private void release() {
		Queue<ByteBuf> waiting = this.parts;
		if (waiting != null) {
			for (ByteBuf part = waiting.poll(); part != null; part = waiting.poll()) {
				part.release();
			}
		}
	}

	/**
	 * How far this has come.
	 */
	private enum State {

		ARRIVING,

		/** All of it has arrived, or an error has come instead. */
		ENDED,

		/** The subscriber was told so, or wants nothing more. */
		OVER

	}

}
