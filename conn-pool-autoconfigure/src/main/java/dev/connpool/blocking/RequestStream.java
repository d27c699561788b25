package dev.connpool.blocking;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * The body of one request as it is written, by the thread that calls, to the connection,
 * which asks for one part after another. What fits in one part is not sent before all is
 * written, as a whole; nor is it for a {@link #flush()} that nothing follows.
 */
final class RequestStream extends OutputStream implements Publisher<ByteBuf>, Subscription {

	private static final int FIRST = 512;

	private static final int PART = 16 * 1024;

	private static final AtomicIntegerFieldUpdater<RequestStream> DEMAND = AtomicIntegerFieldUpdater
		.newUpdater(RequestStream.class, "demand");

	private final BlockingCall call;

	private byte[] part = new byte[FIRST];

	private int length;

	private boolean begun;

	private boolean flushed;

	private volatile @Nullable Subscriber<? super ByteBuf> subscriber;

	private volatile int demand;

	/** Whether no more of it is sent. */
	private volatile boolean stopped;

	/**
	 * Create a stream.
	 * @param call whose body it is
	 * @param begun whether the request has been sent, and only this is to come
	 */
	RequestStream(BlockingCall call, boolean begun) {
		this.call = call;
		this.begun = begun;
	}

	// On the thread of the caller

	@Override
	public void write(int octet) throws IOException {
		reserve();
		this.part[this.length++] = (byte) octet;
	}

	@Override
	public void write(byte[] source, int offset, int count) throws IOException {
		Objects.checkFromIndexSize(offset, count, source.length);
		int from = offset;
		int left = count;
		while (left > 0) {
			reserve();
			int taken = Math.min(left, this.part.length - this.length);
			System.arraycopy(source, from, this.part, this.length, taken);
			this.length += taken;
			from += taken;
			left -= taken;
		}
	}

	// There is room for one octet afterwards.
	private void reserve() throws IOException {
		assertWanted();
		if (this.flushed) {
			this.flushed = false;
			send();
		}
		else if (this.length == PART) {
			send();
		}
		else if (this.length == this.part.length) {
			this.part = Arrays.copyOf(this.part, Math.min(PART, 4 * this.length));
		}
	}

	@Override
	public void flush() throws IOException {
		if (this.length > 0 && !this.stopped) {
			if (this.begun) {
				send();
			}
			else {
				this.flushed = true;
			}
		}
	}

	@Override
	public void close() {
		// It ends when whoever writes it returns.
	}

	private void send() throws IOException {
		if (!this.begun) {
			this.begun = true;
			this.call.send();
		}
		awaitDemand();
		DEMAND.decrementAndGet(this);
		byte[] full = this.part;
		int end = this.length;
		// What was flushed is likely to be small again, and what has filled a part is
		// not.
		this.part = new byte[(end == PART) ? PART : FIRST];
		this.length = 0;
		Objects.requireNonNull(this.subscriber).onNext(Unpooled.wrappedBuffer(full, 0, end));
	}

	private void awaitDemand() throws IOException {
		try {
			this.call.parking().await(() -> this.stopped || this.demand > 0);
		}
		catch (InterruptedIOException ex) {
			throw this.call.interrupted(this);
		}
		assertWanted();
	}

	private void assertWanted() throws IOException {
		if (this.stopped) {
			throw new IOException("The request body is not wanted any more");
		}
	}

	/**
	 * Note that all is written.
	 * @return the whole, if nothing has been sent
	 */
	@Nullable WholeBody end() throws IOException {
		if (!this.begun) {
			return new WholeBody(this.part, this.length);
		}
		if (this.length > 0 && !this.stopped) {
			send();
		}
		awaitSubscriber();
		Subscriber<? super ByteBuf> subscriber = this.subscriber;
		if (!this.stopped && subscriber != null) {
			this.stopped = true;
			subscriber.onComplete();
		}
		return null;
	}

	private void awaitSubscriber() throws IOException {
		try {
			this.call.parking().await(() -> this.stopped || this.subscriber != null);
		}
		catch (InterruptedIOException ex) {
			throw this.call.interrupted(this);
		}
	}

	// On any thread

	/**
	 * Send no more of it.
	 */
	void stop() {
		this.stopped = true;
		this.call.parking().wake();
	}

	boolean isStopped() {
		return this.stopped;
	}

	/**
	 * Return whether an exchange has asked for it.
	 * @return whether another one needs another stream
	 */
	boolean isTaken() {
		return this.subscriber != null;
	}

	// The connection, on its event loop

	@Override
	public void subscribe(Subscriber<? super ByteBuf> actual) {
		this.subscriber = actual;
		actual.onSubscribe(this);
		this.call.parking().wake();
	}

	@Override
	public void request(long n) {
		DEMAND.addAndGet(this, (int) Math.min(n, PART));
		this.call.parking().wake();
	}

	@Override
	public void cancel() {
		stop();
	}

}
