package dev.connpool.pool.exchange;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.RejectedExecutionException;

import dev.connpool.pool.connection.MessageStream;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;

/**
 * Writes the request of one exchange when it is subscribed to. Of content that is still
 * to come one part after another is asked for, while the channel takes more; what is
 * there at once is flushed once. May be subscribed to on any thread, and so may the
 * content come; all else happens on the event loop of the connection.
 */
final class RequestWriter extends Mono<Void> implements ChannelFutureListener, Subscription {

	private final DirectExchange exchange;

	private final HttpRequest head;

	/** The content if it is there; {@code null} if there is none, or it is to come. */
	private final @Nullable ByteBuf content;

	private final @Nullable Publisher<? extends ByteBuf> parts;

	private final @Nullable Path file;

	private final @Nullable DefaultFileRegion region;

	private @Nullable CoreSubscriber<? super Void> subscriber;

	private @Nullable RequestContent source;

	/** The last that is written; its success is that of all. */
	private @Nullable ChannelFuture last;

	private boolean headWritten;

	private State state = State.NEW;

	private RequestWriter(DirectExchange exchange, HttpRequest head, @Nullable ByteBuf content,
			@Nullable Publisher<? extends ByteBuf> parts, @Nullable Path file, @Nullable DefaultFileRegion region) {
		this.exchange = exchange;
		this.head = head;
		this.content = content;
		this.parts = parts;
		this.file = file;
		this.region = region;
	}

	static RequestWriter whole(DirectExchange exchange, HttpRequest head, @Nullable ByteBuf content) {
		return new RequestWriter(exchange, head, content, null, null, null);
	}

	static RequestWriter parts(DirectExchange exchange, HttpRequest head, Publisher<? extends ByteBuf> parts) {
		return new RequestWriter(exchange, head, null, parts, null, null);
	}

	static RequestWriter file(DirectExchange exchange, HttpRequest head, Path file, long position, long count) {
		return new RequestWriter(exchange, head, null, null, file,
				new DefaultFileRegion(file.toFile(), position, count));
	}

	@Override
	public void subscribe(CoreSubscriber<? super Void> actual) {
		actual.onSubscribe(this);
		if (this.exchange.eventLoop().inEventLoop()) {
			begin(actual);
			return;
		}
		try {
			this.exchange.eventLoop().execute(() -> begin(actual));
		}
		catch (RejectedExecutionException ex) {
			release();
			actual.onError(this.exchange.stopped());
		}
	}

	@Override
	public void request(long n) {
		// It is written when this is subscribed to.
	}

	@Override
	public void cancel() {
		// Who gives up the request cancels the exchange, which stops this.
	}

	private void begin(CoreSubscriber<? super Void> actual) {
		if (!this.exchange.writes(this.head, this)) {
			release();
			return;
		}
		this.subscriber = actual;
		try {
			write(actual);
		}
		catch (Throwable ex) {
			stop();
			this.exchange.failed(ex);
		}
	}

	private void write(CoreSubscriber<? super Void> actual) {
		this.state = State.WRITING;
		if (this.file != null && this.region != null && !open(this.file, this.region)) {
			return;
		}
		writeContent(actual);
	}

	private boolean open(Path file, DefaultFileRegion region) {
		try {
			// Later, what is wrong with the file would look like the end of the channel.
			RequestFraming.open(file, region);
		}
		catch (IOException ex) {
			release();
			stop();
			this.exchange.failed(ex);
			return false;
		}
		if (!this.head.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
			this.head.headers().set(HttpHeaderNames.CONTENT_LENGTH, region.count());
		}
		return true;
	}

	private void writeContent(CoreSubscriber<? super Void> actual) {
		MessageStream stream = this.exchange.stream();
		if (this.parts != null) {
			if (RequestFraming.mayHaveContent(this.head.method())) {
				writeHead();
			}
			if (isEnded()) {
				return;
			}
			this.source = new RequestContent(this, actual.currentContext(), stream, this.exchange.eventLoop());
			this.parts.subscribe(this.source);
		}
		else if (this.region != null) {
			writeHead();
			stream.write(this.region).addListener(this);
			writeLast(stream.end(null));
		}
		else {
			RequestFraming.whole(this.head, this.content);
			writeLast(stream.write(this.head, this.content));
		}
	}

	/**
	 * Write the head, unless it is written: one that is usual without content waits for
	 * the first part of it.
	 */
	void writeHead() {
		if (!this.headWritten) {
			this.headWritten = true;
			this.exchange.stream().write(this.head).addListener(this);
		}
	}

	/**
	 * Note that all of the content has been written.
	 */
	void contentEnds() {
		if (this.headWritten) {
			writeLast(this.exchange.stream().end(null));
		}
		else {
			RequestFraming.whole(this.head, null);
			writeLast(this.exchange.stream().write(this.head, null));
		}
	}

	/**
	 * End the exchange, as there is no more content.
	 * @param error what its source has reported
	 */
	void contentFails(Throwable error) {
		stop();
		this.exchange.failed(error);
	}

	private void writeLast(ChannelFuture written) {
		this.last = written;
		written.addListener(this);
		this.exchange.stream().flush();
	}

	@Override
	public void operationComplete(ChannelFuture written) {
		if (!written.isSuccess()) {
			failed(written.cause());
		}
		else if (written == this.last) {
			complete();
		}
		else {
			writable();
		}
	}

	private void complete() {
		CoreSubscriber<? super Void> actual = this.subscriber;
		if (!isEnded() && actual != null) {
			this.state = State.ENDED;
			this.exchange.written();
			tell(actual);
		}
	}

	private void tell(CoreSubscriber<? super Void> actual) {
		try {
			actual.onComplete();
		}
		catch (Throwable ex) {
			// Reactor throws what it takes for fatal, and Netty would tell nobody.
			this.exchange.failed(ex);
		}
	}

	// That the channel has closed is told by itself, and may be no error at all.
	private void failed(Throwable cause) {
		if (!isEnded() && !(cause instanceof IOException) && this.exchange.stream().mayWrite()) {
			stop();
			this.exchange.onError(cause);
		}
	}

	/**
	 * Note that the channel takes more again.
	 */
	void writable() {
		if (this.source != null) {
			this.source.ask();
		}
	}

	/**
	 * Write no more of the request.
	 * @return whether some of it was not written yet
	 */
	boolean stop() {
		boolean incomplete = !isEnded();
		this.state = State.ENDED;
		if (incomplete && this.source != null) {
			this.source.stop();
		}
		return incomplete;
	}

	private boolean isEnded() {
		return this.state == State.ENDED;
	}

	/**
	 * Note that the server wants no more of the request than it has.
	 */
	void notWanted() {
		if (this.subscriber != null) {
			tell(this.subscriber);
		}
	}

	private void release() {
		if (this.content != null) {
			this.content.release();
		}
		if (this.region != null) {
			this.region.release();
		}
	}

	/**
	 * How far this has come.
	 */
	private enum State {

		NEW, WRITING,

		/** All is written, or nothing more will be. */
		ENDED

	}

}
