package dev.connpool.pool.exchange;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import dev.connpool.pool.connection.MessageStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * The content of a request that is still to come. One part after another is asked for
 * while the stream takes more; what comes at once is flushed once. The content may come
 * on any thread; all else happens on the event loop of the connection.
 */
final class RequestContent implements CoreSubscriber<ByteBuf> {

	/** Parts that wait to be written: the stream may only hold them back. */
	private static final int MOST_PENDING = 32;

	/** Parts that are asked for and have not come: they may come from another thread. */
	private static final int MOST_ASKED = 4;

	private static final AtomicIntegerFieldUpdater<RequestContent> HANDED_OVER = AtomicIntegerFieldUpdater
		.newUpdater(RequestContent.class, "handedOver");

	private final RequestWriter writer;

	private final Context context;

	private final MessageStream stream;

	private final EventLoop eventLoop;

	private @Nullable Subscription upstream;

	/** Parts that are written and not sent. */
	private int pending;

	/** Parts that were asked for and have not come. */
	private int asked;

	private boolean asking;

	private boolean flushing;

	private boolean done;

	/** Signals that another thread has left for the event loop. */
	private volatile int handedOver;

	RequestContent(RequestWriter writer, Context context, MessageStream stream, EventLoop eventLoop) {
		this.writer = writer;
		this.context = context;
		this.stream = stream;
		this.eventLoop = eventLoop;
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	// On whichever thread the content comes

	@Override
	public void onSubscribe(Subscription upstream) {
		if (isNext()) {
			subscribed(upstream);
		}
		else {
			handOver(() -> subscribed(upstream), upstream::cancel);
		}
	}

	@Override
	public void onNext(ByteBuf part) {
		if (isNext()) {
			write(part);
		}
		else {
			handOver(() -> write(part), part::release);
		}
	}

	@Override
	public void onError(Throwable error) {
		if (isNext()) {
			fail(error);
		}
		else {
			handOver(() -> fail(error), RequestContent::nothing);
		}
	}

	@Override
	public void onComplete() {
		if (isNext()) {
			end();
		}
		else {
			handOver(this::end, RequestContent::nothing);
		}
	}

	/**
	 * Return whether a signal may be followed at once. One that comes on the event loop
	 * may have overtaken those that were left for it.
	 * @return whether it is on the event loop, and nothing comes before it
	 */
	private boolean isNext() {
		return this.eventLoop.inEventLoop() && this.handedOver == 0;
	}

	private void handOver(Runnable signal, Runnable otherwise) {
		HANDED_OVER.incrementAndGet(this);
		try {
			this.eventLoop.execute(() -> {
				HANDED_OVER.decrementAndGet(this);
				signal.run();
			});
		}
		catch (RejectedExecutionException ex) {
			// The event loop has been stopped, and has ended the exchange.
			otherwise.run();
		}
	}

	private static void nothing() {
		// There is nothing to let go of.
	}

	// On the event loop

	private void subscribed(Subscription upstream) {
		if (!Operators.validate(this.upstream, upstream)) {
			return;
		}
		this.upstream = upstream;
		if (this.done) {
			upstream.cancel();
			return;
		}
		flushLater();
		ask();
	}

	/**
	 * Ask for the next part, if the stream takes it.
	 */
	void ask() {
		Subscription upstream = this.upstream;
		if (upstream == null || this.asking) {
			return;
		}
		// A part may come at once.
		this.asking = true;
		try {
			while (!this.done && this.asked < MOST_ASKED && this.asked + this.pending < MOST_PENDING
					&& this.stream.isWritable()) {
				this.asked++;
				upstream.request(1);
			}
		}
		catch (Throwable ex) {
			// Reactor throws what it takes for fatal, and tells nobody else.
			stop();
			this.writer.contentFails(ex);
		}
		finally {
			this.asking = false;
		}
	}

	private void write(ByteBuf part) {
		this.asked--;
		if (this.done) {
			part.release();
			return;
		}
		this.writer.writeHead();
		this.pending++;
		this.stream.write(part).addListener((written) -> {
			this.pending--;
			this.writer.operationComplete((ChannelFuture) written);
		});
		flushLater();
		ask();
	}

	private void flushLater() {
		if (!this.flushing) {
			this.flushing = true;
			this.eventLoop.execute(() -> {
				this.flushing = false;
				this.stream.flush();
			});
		}
	}

	private void end() {
		if (!this.done) {
			this.done = true;
			this.writer.contentEnds();
		}
	}

	private void fail(Throwable error) {
		if (!this.done) {
			this.done = true;
			this.writer.contentFails(error);
		}
	}

	/**
	 * Ask for no more, and write nothing that still comes.
	 */
	void stop() {
		if (this.done) {
			return;
		}
		this.done = true;
		Subscription upstream = this.upstream;
		if (upstream != null) {
			try {
				upstream.cancel();
			}
			catch (Throwable ex) {
				// What a source throws must not keep the exchange from ending.
				Operators.onErrorDropped(ex, this.context);
			}
		}
	}

}
