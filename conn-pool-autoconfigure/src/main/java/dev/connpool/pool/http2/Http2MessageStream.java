package dev.connpool.pool.http2;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.MessageListener;
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
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Carries the messages of one exchange on an HTTP/2 stream, without a channel: they are
 * written with the encoder of the connection, and frames are handed over as they are
 * decoded. What nobody waits for is kept, and the server gets no more room until it is
 * read. Only used on the event loop of the connection.
 */
final class Http2MessageStream implements MessageStream, Runnable {

	private final Http2Session session;

	private final MessageStreams streams;

	private final Lease lease;

	private final RequestLength requestLength = new RequestLength(true);

	private final ResponseFraming framing = new ResponseFraming();

	private @Nullable MessageListener listener;

	/** The stream of the codec; {@code null} until the head is written. */
	private @Nullable Http2Stream stream;

	private State state = State.OPEN;

	private boolean reading = true;

	/** What has arrived and was not asked for; {@code null} until there is any. */
	private @Nullable Queue<ByteBuf> parts;

	private @Nullable HttpHeaders trailers;

	/** What the server has not asked for; {@code null} if it need not. */
	private @Nullable HeldContent held;

	/** Whether a part is being told. */
	private boolean telling;

	/** Whether the listener waits for more to be taken. */
	private boolean blocked;

	/** Why the server reset the stream; {@code null} if it did not. */
	private @Nullable String reset;

	Http2MessageStream(Http2Session session, MessageStreams streams, Lease lease) {
		this.session = session;
		this.streams = streams;
		this.lease = lease;
	}

	private MessageListener listener() {
		MessageListener told = this.listener;
		if (told == null) {
			throw new IllegalStateException("Not opened");
		}
		return told;
	}

	@Override
	public void open(MessageListener told) {
		assert connection().inEventLoop();
		this.listener = told;
	}

	@Override
	public ByteBufAllocator alloc() {
		return connection().channel().alloc();
	}

	// The request

	@Override
	public ChannelFuture write(HttpRequest head) {
		return this.requestLength.admitHead(head.headers(), this.lease)
				? writeHead(head, HttpUtil.isContentLengthSet(head), false) : this.streams.newPromise();
	}

	@Override
	public ChannelFuture write(HttpRequest head, @Nullable ByteBuf content) {
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
		this.framing.requested(fields.method());
		this.lease.headSent(repeatable);
		ChannelFuture written = (this.state == State.OPEN) ? this.streams.create(this, fields, last) : null;
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
	void created(Http2Stream created) {
		this.stream = created;
	}

	@Override
	public ChannelFuture write(ByteBuf part) {
		return writeContent(part, false);
	}

	@Override
	public ChannelFuture end(@Nullable HttpHeaders following) {
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
		Http2Stream present = this.stream;
		if (present == null || !isOpen()) {
			part.release();
			return failed();
		}
		ChannelPromise promise = this.streams.newPromise();
		return (this.held != null && this.held.isHeld()) ? this.held.add(part, last, promise)
				: send(present, part, last, promise);
	}

	/**
	 * Write content that was held back.
	 * @param part the part
	 * @param last whether it is the last
	 * @param promise who waits for it to be sent
	 */
	void send(ByteBuf part, boolean last, ChannelPromise promise) {
		Http2Stream present = this.stream;
		if (present != null && isOpen()) {
			send(present, part, last, promise);
		}
		else {
			part.release();
			promise.setFailure(new ClosedChannelException());
		}
	}

	private ChannelFuture send(Http2Stream present, ByteBuf part, boolean last, ChannelPromise promise) {
		this.lease.contentSent(part.readableBytes());
		return this.streams.write(present, part, last, promise);
	}

	private ChannelFuture failed() {
		return this.streams.newPromise().setFailure(new ClosedChannelException());
	}

	@Override
	public boolean takesFiles() {
		return false;
	}

	@Override
	public ChannelFuture write(FileRegion region) {
		ReferenceCountUtil.release(region);
		return this.streams.newPromise()
			.setFailure(new UnsupportedOperationException("Files cannot be written as they are"));
	}

	@Override
	public void flush() {
		this.streams.flush();
	}

	@Override
	public boolean isWritable() {
		Http2Stream present = this.stream;
		this.blocked = (present != null) ? !this.streams.isWritable(present) : !connection().channel().isWritable();
		return !this.blocked;
	}

	/**
	 * Note that more is taken again. Told later, as the codec is in the middle of it.
	 */
	void writable() {
		if (this.blocked && this.state != State.ENDED) {
			this.blocked = false;
			connection().channel().eventLoop().execute(this);
		}
	}

	@Override
	public void run() {
		if (this.state != State.ENDED) {
			listener().onWritable();
		}
	}

	// The response

	/**
	 * Take a field section.
	 * @param headers the fields
	 * @param last whether the stream ends with it
	 * @throws Http2Exception if the response is malformed
	 */
	void headersRead(Http2Headers headers, boolean last) throws Http2Exception {
		int status = this.framing.headers(id(), headers, last);
		boolean head = status >= 200;
		if (last || head) {
			this.streams.heard();
		}
		if (this.state != State.OPEN) {
			return;
		}
		this.lease.heard();
		if (last) {
			this.state = State.ANSWERED;
		}
		if (head) {
			if (this.held != null) {
				this.held.refuse();
			}
			this.lease.headReceived();
			listener().onHead(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status),
					ResponseFields.of(headers)), last);
		}
		else if (status == ResponseFraming.TRAILERS) {
			this.trailers = ResponseFields.of(headers);
		}
		else if (status == HttpResponseStatus.CONTINUE.code() && this.held != null) {
			this.held.run();
		}
	}

	/**
	 * Take a part of the content.
	 * @param data the part
	 * @param padding how much the server has added to it
	 * @param last whether the stream ends with it
	 * @return how much of that the server may send again
	 * @throws Http2Exception if the response is malformed
	 */
	int dataRead(ByteBuf data, int padding, boolean last) throws Http2Exception {
		int size = data.readableBytes();
		if (last || size > 0) {
			this.streams.heard();
		}
		this.framing.data(id(), size, last);
		if (this.state != State.OPEN) {
			return size + padding;
		}
		this.lease.heard();
		if (last) {
			this.state = State.ANSWERED;
		}
		if (size == 0) {
			return padding;
		}
		if (this.reading && !this.telling && isEmpty()) {
			tell(data.retain());
			return size + padding;
		}
		Queue<ByteBuf> waiting = this.parts;
		if (waiting == null) {
			waiting = new ArrayDeque<>(4);
			this.parts = waiting;
		}
		waiting.add(data.retain());
		return padding;
	}

	private boolean isEmpty() {
		return this.parts == null || this.parts.isEmpty();
	}

	private void tell(ByteBuf part) {
		this.telling = true;
		try {
			this.lease.contentReceived(part.readableBytes());
			listener().onContent(part);
		}
		catch (Throwable ex) {
			this.lease.failed(ex);
		}
		finally {
			this.telling = false;
		}
	}

	@Override
	public void read(boolean wanted) {
		assert connection().inEventLoop();
		this.reading = wanted;
		Queue<ByteBuf> waiting = this.parts;
		if (!wanted || this.telling || waiting == null) {
			return;
		}
		for (ByteBuf part = next(waiting); part != null; part = next(waiting)) {
			int size = part.readableBytes();
			tell(part);
			consumed(size);
		}
		settle();
	}

	private @Nullable ByteBuf next(Queue<ByteBuf> waiting) {
		return (this.reading && this.state != State.ENDED) ? waiting.poll() : null;
	}

	private void consumed(int size) {
		if (this.stream != null) {
			this.streams.consumed(this.stream, size);
		}
	}

	@Override
	public boolean isReading() {
		return this.reading;
	}

	/**
	 * Note that the server has reset the stream. That it is closed follows.
	 * @param code the error code
	 */
	void resetRead(long code) {
		this.streams.heard();
		if (this.state != State.ENDED) {
			this.reset = Http2Session.name(code);
			this.lease.reset(this.reset);
		}
	}

	/**
	 * Note that the server sends no more, but this end may.
	 */
	void ended() {
		settle();
	}

	/**
	 * Note that the codec is done with the stream.
	 */
	void closed() {
		if (this.state == State.OPEN) {
			this.state = State.LOST;
		}
		settle();
	}

	// When all has been told that was read
	private void settle() {
		if (this.telling || !isEmpty()) {
			return;
		}
		if (this.state == State.ANSWERED) {
			this.state = State.TOLD;
			try {
				listener().onEnd(this.trailers);
			}
			catch (Throwable ex) {
				this.lease.failed(ex);
			}
		}
		else if (this.state == State.LOST) {
			end(true);
		}
	}

	/**
	 * Note that something is wrong with the response.
	 * @param cause what is wrong
	 */
	void failed(Throwable cause) {
		if (this.state != State.ENDED) {
			this.lease.abort(this.session.malformed(cause), CloseReason.PROTOCOL_ERROR);
			close();
		}
		else {
			reset(Http2Error.PROTOCOL_ERROR);
		}
	}

	// The end

	@Override
	public void close() {
		if (this.state != State.ENDED) {
			this.lease.givenUp();
			discard();
			reset(this.lease.isMalformed() ? Http2Error.PROTOCOL_ERROR : Http2Error.CANCEL);
			end(true);
		}
	}

	@Override
	public boolean release(Lease of, boolean answered) {
		assert connection().inEventLoop();
		if (this.state != State.ENDED) {
			discard();
			reset(Http2Error.CANCEL);
			end(false);
		}
		return false;
	}

	// Unless the codec is done with it, or is about to be.
	private void reset(Http2Error error) {
		Http2Stream present = this.stream;
		if (present == null || !connection().channel().isActive()) {
			return;
		}
		boolean over = present.state() == Http2Stream.State.CLOSED
				|| (isAnswered() && present.state() == Http2Stream.State.HALF_CLOSED_LOCAL);
		if (!over) {
			this.streams.reset(present, error.code());
		}
	}

	private boolean isAnswered() {
		return this.state == State.ANSWERED || this.state == State.TOLD;
	}

	// What is not read counts for the window of the connection.
	private void discard() {
		Queue<ByteBuf> waiting = this.parts;
		this.parts = null;
		if (waiting != null) {
			for (ByteBuf part : waiting) {
				int size = part.readableBytes();
				part.release();
				consumed(size);
			}
		}
	}

	/**
	 * End this. The stream is free before anybody learns of that.
	 * @param told whether the listener is told
	 */
	private void end(boolean told) {
		boolean lost = this.state == State.LOST;
		this.state = State.ENDED;
		if (this.held != null) {
			this.held.refuse();
		}
		this.streams.wasWritten(this);
		this.session.giveBack();
		if (told && this.listener != null) {
			ConnPoolException error = lost ? this.lease.cutOff() : null;
			if (error != null) {
				this.listener.onError(error);
			}
			this.listener.onClosed();
		}
		this.session.ended(this.lease, this.reset);
	}

	// As what carries an exchange

	@Override
	public PooledConnection connection() {
		return this.session.connection();
	}

	@Override
	public boolean isConnection() {
		return false;
	}

	@Override
	public int id() {
		return (this.stream != null) ? this.stream.id() : 0;
	}

	@Override
	public boolean isOpen() {
		return this.state != State.ENDED && this.state != State.LOST && connection().channel().isActive()
				&& (this.stream == null || this.stream.state() != Http2Stream.State.CLOSED || isAnswered());
	}

	@Override
	public boolean carries(Lease of) {
		return this.lease == of;
	}

	@Override
	public boolean isIgnored() {
		return this.session.isIgnored(id());
	}

	@Override
	public @Nullable Flow flow() {
		return this.session.flow(id());
	}

	/**
	 * How far the response has come.
	 */
	private enum State {

		/** More of it may arrive. */
		OPEN,

		/** All of it has arrived. */
		ANSWERED,

		/** All of it was told, too. */
		TOLD,

		/** The stream was closed before all of it had arrived. */
		LOST,

		/** The stream carries nothing any more. */
		ENDED

	}

}
