package dev.connpool.blocking;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * The body of a response on its way from the connection to its reader: a list to whose
 * end the event loop appends, and whose beginning the reader drops. It is read ahead as
 * far as that is bounded, and is on the heap, where nobody has to release it.
 */
final class ResponseParts implements CoreSubscriber<ByteBuf> {

	/** Bytes that are held before the connection is read no more. */
	static final int READ_AHEAD = 64 * 1024;

	/** What a part costs beside its bytes. */
	private static final int OVERHEAD = 64;

	private static final AtomicIntegerFieldUpdater<ResponseParts> HELD = AtomicIntegerFieldUpdater
		.newUpdater(ResponseParts.class, "held");

	private static final AtomicIntegerFieldUpdater<ResponseParts> PAUSED = AtomicIntegerFieldUpdater
		.newUpdater(ResponseParts.class, "paused");

	private final BlockingCall call;

	private final Part beginning = Part.beginning();

	/** The last part; of the event loop. */
	private Part tail = this.beginning;

	private volatile @Nullable Subscription upstream;

	private volatile int held;

	private volatile int paused;

	private volatile boolean ended;

	private volatile boolean cancelled;

	ResponseParts(BlockingCall call) {
		this.call = call;
	}

	// On the event loop

	@Override
	public Context currentContext() {
		return this.call.context();
	}

	@Override
	public void onSubscribe(Subscription upstream) {
		this.upstream = upstream;
		if (this.cancelled) {
			upstream.cancel();
			return;
		}
		upstream.request(1);
	}

	@Override
	public void onNext(ByteBuf part) {
		byte[] bytes;
		try {
			bytes = new byte[part.readableBytes()];
			part.readBytes(bytes);
		}
		finally {
			part.release();
		}
		append(Part.of(bytes));
		if (HELD.addAndGet(this, bytes.length + OVERHEAD) < READ_AHEAD) {
			more();
		}
		else {
			this.paused = 1;
			// The reader may have taken all of it meanwhile.
			resume();
		}
		this.call.partArrived();
	}

	@Override
	public void onError(Throwable error) {
		end(error);
	}

	@Override
	public void onComplete() {
		end(null);
	}

	private void end(@Nullable Throwable error) {
		if (!this.ended) {
			append(Part.end(error));
			this.ended = true;
			this.call.bodyArrived();
		}
	}

	private void append(Part part) {
		this.tail.append(part);
		this.tail = part;
	}

	// On any thread

	private void resume() {
		if (this.held <= READ_AHEAD / 2 && PAUSED.compareAndSet(this, 1, 0)) {
			more();
		}
	}

	private void more() {
		Subscription upstream = this.upstream;
		if (upstream != null) {
			upstream.request(1);
		}
	}

	/**
	 * Return what is before the first part.
	 * @return an empty part
	 */
	Part beginning() {
		return this.beginning;
	}

	/**
	 * Note that the reader has taken a part.
	 * @param part the part
	 */
	void taken(Part part) {
		HELD.addAndGet(this, -part.bytes().length - OVERHEAD);
		if (this.paused != 0) {
			resume();
		}
	}

	/**
	 * Return whether all parts are there that will be.
	 * @return whether the body has ended
	 */
	boolean isEnded() {
		return this.ended;
	}

	/**
	 * Read no more of it: the connection is saved if that is cheap.
	 */
	void cancel() {
		this.cancelled = true;
		Subscription upstream = this.upstream;
		if (upstream != null && !this.ended) {
			upstream.cancel();
		}
	}

}
