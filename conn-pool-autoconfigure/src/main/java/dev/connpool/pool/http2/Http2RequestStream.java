package dev.connpool.pool.http2;

import java.nio.channels.ClosedChannelException;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.MessageStream;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.RequestLength;
import dev.connpool.pool.host.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The request of one exchange on an HTTP/2 stream, which is written with the encoder of
 * the connection. Only used on the event loop of the connection.
 */
abstract class Http2RequestStream implements MessageStream {

	private final Http2Session session;

	private final MessageStreams streams;

	private final Lease lease;

	private final RequestLength requestLength = new RequestLength(true);

	/** The stream of the codec; {@code null} until the head is written. */
	private @Nullable Http2Stream stream;

	/** What the server has not asked for; {@code null} if it need not. */
	private @Nullable HeldContent held;

	/** Whether somebody waits for more to be taken. */
	private boolean blocked;

	Http2RequestStream(Http2Session session, MessageStreams streams, Lease lease) {
		this.session = session;
		this.streams = streams;
		this.lease = lease;
	}

	final Http2Session session() {
		return this.session;
	}

	final MessageStreams streams() {
		return this.streams;
	}

	final Lease lease() {
		return this.lease;
	}

	/**
	 * Return the stream of the codec.
	 * @return the stream, or {@code null} until the head is written
	 */
	final @Nullable Http2Stream stream() {
		return this.stream;
	}

	@Override
	public final ByteBufAllocator alloc() {
		return connection().channel().alloc();
	}

	/**
	 * Create the stream by writing the header of the request.
	 * @param fields the header
	 * @param last whether nothing follows
	 * @return done when it is sent, or {@code null} if there can be no stream
	 */
	abstract @Nullable ChannelFuture create(RequestFields fields, boolean last);

	/**
	 * Note that the codec is done with the stream, or has none for it.
	 */
	abstract void closed();

	/**
	 * Note that more is taken again. The codec is in the middle of it.
	 */
	abstract void writableLater();

	@Override
	public final ChannelFuture write(HttpRequest head) {
		return this.requestLength.admitHead(head.headers(), this.lease)
				? writeHead(head, HttpUtil.isContentLengthSet(head), false) : this.streams.newPromise();
	}

	@Override
	public final ChannelFuture write(HttpRequest head, @Nullable ByteBuf content) {
		int size = (content != null) ? content.readableBytes() : 0;
		boolean admitted = this.requestLength.admitHead(head.headers(), this.lease)
				&& this.requestLength.admitContent(size, true, this.lease);
		ChannelFuture written = admitted ? writeHead(head, true, size == 0) : this.streams.newPromise();
		if (content == null) {
			return written;
		}
		if (!admitted || size == 0) {
			content.release();
			return written;
		}
		return writeData(content, true);
	}

	private ChannelFuture writeHead(HttpRequest head, boolean repeatable, boolean last) {
		assert connection().inEventLoop();
		if (!last && HttpUtil.is100ContinueExpected(head)) {
			hold(connection().host().timeouts().expectContinue().toNanos());
		}
		RequestFields fields = RequestFields.of(head, this.session.scheme());
		ConnPoolException tooLarge = this.session.refusal(fields);
		if (tooLarge != null) {
			this.lease.abort(tooLarge, CloseReason.CANCELLED);
			return this.streams.newPromise();
		}
		this.lease.headSent(repeatable);
		ChannelFuture written = isOpen() ? create(fields, last) : null;
		if (written != null && this.stream != null) {
			return written;
		}
		closed();
		return failed();
	}

	private void hold(long patience) {
		if (patience > 0) {
			this.held = new HeldContent(this, connection().channel().eventLoop(), patience);
		}
	}

	/**
	 * Note that the stream exists.
	 * @param created the stream of the codec
	 */
	final void created(Http2Stream created) {
		this.stream = created;
	}

	@Override
	public final ChannelFuture write(ByteBuf part) {
		return writeContent(part, false);
	}

	@Override
	public final ChannelFuture end(@Nullable HttpHeaders following) {
		if (following == null) {
			return writeContent(Unpooled.EMPTY_BUFFER, true);
		}
		if (!this.requestLength.admitContent(0, true, this.lease)) {
			return this.streams.newPromise();
		}
		RequestFields fields = RequestFields.of(following);
		ConnPoolException tooLarge = this.session.refusal(fields);
		if (tooLarge != null) {
			this.lease.abort(tooLarge, CloseReason.CANCELLED);
			return this.streams.newPromise();
		}
		proceed();
		Http2Stream present = this.stream;
		return (present != null && isOpen()) ? this.streams.writeTrailers(present, fields) : failed();
	}

	private ChannelFuture writeContent(ByteBuf part, boolean last) {
		if (!this.requestLength.admitContent(part.readableBytes(), last, this.lease)) {
			part.release();
			return this.streams.newPromise();
		}
		return writeData(part, last);
	}

	private ChannelFuture writeData(ByteBuf part, boolean last) {
		assert connection().inEventLoop();
		ChannelPromise promise = this.streams.newPromise();
		if (this.held != null && this.held.isHeld()) {
			return this.held.add(part, last, promise);
		}
		send(part, last, promise);
		return promise;
	}

	/**
	 * Write content that is not held back, or not any more.
	 * @param part the part
	 * @param last whether it is the last
	 * @param promise who waits for it to be sent
	 */
	final void send(ByteBuf part, boolean last, ChannelPromise promise) {
		Http2Stream present = this.stream;
		if (present == null || !mayWrite()) {
			part.release();
			promise.setFailure(new ClosedChannelException());
			return;
		}
		this.lease.contentSent(part.readableBytes());
		this.streams.write(present, part, last, promise);
	}

	private ChannelFuture failed() {
		return this.streams.newPromise().setFailure(new ClosedChannelException());
	}

	@Override
	public final ChannelFuture write(FileRegion region) {
		ReferenceCountUtil.release(region);
		throw new UnsupportedOperationException("Files cannot be written as they are");
	}

	@Override
	public final boolean mayWrite() {
		Http2Stream present = this.stream;
		return isOpen() && (present == null || present.state().localSideOpen());
	}

	@Override
	public final void flush() {
		this.streams.flush();
	}

	@Override
	public final boolean isWritable() {
		Http2Stream present = this.stream;
		// Who has no stream yet would not be told.
		this.blocked = present != null && !this.streams.isWritable(present);
		return !this.blocked;
	}

	/**
	 * Note that more is taken.
	 */
	final void writable() {
		if (this.blocked) {
			this.blocked = false;
			writableLater();
		}
	}

	/**
	 * Note that the server wants the content.
	 */
	final void proceed() {
		if (this.held != null) {
			this.held.run();
		}
	}

	/**
	 * Write nothing that is held back.
	 */
	final void refuse() {
		if (this.held != null) {
			this.held.refuse();
		}
	}

	// As what carries an exchange

	@Override
	public final PooledConnection connection() {
		return this.session.connection();
	}

	@Override
	public final boolean isConnection() {
		return false;
	}

	@Override
	public final int id() {
		return (this.stream != null) ? this.stream.id() : 0;
	}

	@Override
	public final boolean carries(Lease of) {
		return this.lease == of;
	}

	@Override
	public final boolean isIgnored() {
		return this.session.isIgnored(id());
	}

	@Override
	public final @Nullable Flow flow() {
		return this.session.flow(id());
	}

}
