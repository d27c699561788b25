package dev.connpool.pool.http2;

import java.util.ArrayDeque;
import java.util.Queue;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.MessageListener;
import dev.connpool.pool.host.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Carries the messages of one exchange on an HTTP/2 stream, without a channel: frames are
 * handed over as they are decoded. What nobody waits for is kept, and the server gets no
 * more room until it is read. Only used on the event loop of the connection.
 */
final class Http2MessageStream extends Http2RequestStream implements Runnable {

	private final ResponseFraming framing = new ResponseFraming();

	private @Nullable MessageListener listener;

	private State state = State.OPEN;

	private boolean reading = true;

	/** What has arrived and was not asked for; {@code null} until there is any. */
	private @Nullable Queue<ByteBuf> parts;

	private @Nullable HttpHeaders trailers;

	/** Whether a part is being told. */
	private boolean telling;

	/** Why the server reset the stream; {@code null} if it did not. */
	private @Nullable String reset;

	Http2MessageStream(Http2Session session, MessageStreams streams, Lease lease) {
		super(session, streams, lease);
	}

	@Override
	public void open(MessageListener told) {
		assert connection().inEventLoop();
		this.listener = told;
	}

	private MessageListener listener() {
		MessageListener told = this.listener;
		if (told == null) {
			throw new IllegalStateException("Not opened");
		}
		return told;
	}

	@Override
	@Nullable ChannelFuture create(RequestFields fields, boolean last) {
		this.framing.requested(fields.method());
		return streams().create(this, fields, last);
	}

	@Override
	void writableLater() {
		if (this.state != State.ENDED) {
			connection().channel().eventLoop().execute(this);
		}
	}

	@Override
	public void run() {
		if (this.state != State.ENDED) {
			listener().onWritable();
		}
	}

	/**
	 * Take a field section.
	 * @param headers the fields
	 * @param last whether the stream ends with it
	 * @throws Http2Exception if the response is malformed
	 */
	void headersRead(Http2Headers headers, boolean last) throws Http2Exception {
		int status = this.framing.headers(id(), headers, last);
		boolean interim = status > 0 && status < 200;
		HttpHeaders fields = ResponseFields.of(id(), headers);
		if (last || !interim) {
			streams().heard();
		}
		if (this.state != State.OPEN) {
			return;
		}
		lease().heard();
		if (last) {
			this.state = State.ANSWERED;
		}
		if (!interim && status != ResponseFraming.TRAILERS) {
			headRead(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), fields), last);
		}
		else if (!interim) {
			this.trailers = fields;
		}
		else if (status == HttpResponseStatus.CONTINUE.code()) {
			proceed();
		}
	}

	private void headRead(HttpResponse head, boolean last) {
		refuse();
		lease().headReceived(head.status().code());
		try {
			listener().onHead(head, last);
		}
		catch (Throwable ex) {
			lease().failed(ex);
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
			streams().heard();
		}
		this.framing.data(id(), size, last);
		if (this.state != State.OPEN) {
			return size + padding;
		}
		lease().heard();
		if (last) {
			this.state = State.ANSWERED;
		}
		if (size > 0 && this.reading && !this.telling && isEmpty()) {
			tell(data.retain());
			return size + padding;
		}
		if (size > 0) {
			keep(data.retain());
		}
		return padding;
	}

	private void keep(ByteBuf part) {
		Queue<ByteBuf> waiting = this.parts;
		if (waiting == null) {
			waiting = new ArrayDeque<>(4);
			this.parts = waiting;
		}
		waiting.add(part);
	}

	private boolean isEmpty() {
		return this.parts == null || this.parts.isEmpty();
	}

	private void tell(ByteBuf part) {
		this.telling = true;
		try {
			lease().contentReceived(part.readableBytes());
			listener().onContent(part);
		}
		catch (Throwable ex) {
			lease().failed(ex);
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
		Http2Stream present = stream();
		if (present != null) {
			streams().consumed(present, size);
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
		streams().heard();
		if (this.state != State.ENDED) {
			this.reset = Http2Session.name(code);
			lease().reset(this.reset);
		}
	}

	/**
	 * Note that the server sends no more, but this end may.
	 */
	void ended() {
		settle();
	}

	@Override
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
				lease().failed(ex);
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
			lease().abort(session().malformed(cause), CloseReason.PROTOCOL_ERROR);
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
			lease().givenUp();
			discard();
			reset(lease().isMalformed() ? Http2Error.PROTOCOL_ERROR : Http2Error.CANCEL);
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
		Http2Stream present = stream();
		if (present == null || !connection().channel().isActive()) {
			return;
		}
		boolean over = present.state() == Http2Stream.State.CLOSED
				|| (isAnswered() && present.state() == Http2Stream.State.HALF_CLOSED_LOCAL);
		if (!over) {
			streams().reset(present, error.code());
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
		if (this.state == State.ENDED) {
			// The codec may close a stream while it is being reset.
			return;
		}
		boolean lost = this.state == State.LOST;
		this.state = State.ENDED;
		refuse();
		streams().wasWritten(this);
		session().giveBack();
		try {
			if (told && this.listener != null) {
				tellEnd(this.listener, lost ? lease().cutOff() : null);
			}
		}
		finally {
			session().ended(lease(), this.reset);
		}
	}

	private static void tellEnd(MessageListener listener, @Nullable ConnPoolException error) {
		if (error != null) {
			listener.onError(error);
		}
		listener.onClosed();
	}

	@Override
	public boolean isOpen() {
		Http2Stream present = stream();
		return this.state != State.ENDED && this.state != State.LOST && connection().channel().isActive()
				&& (present == null || present.state() != Http2Stream.State.CLOSED || isAnswered());
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
