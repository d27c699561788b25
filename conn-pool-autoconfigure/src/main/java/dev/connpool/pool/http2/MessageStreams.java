package dev.connpool.pool.http2;

import java.util.LinkedHashSet;
import java.util.Set;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one HTTP/2 connection that have no channel, beside those that have one:
 * finds them by a property that the codec keeps for each of its streams, and writes with
 * the encoder of the codec. Only used on the event loop of the connection.
 */
final class MessageStreams extends Http2ConnectionAdapter implements Http2RemoteFlowController.Listener {

	private final Http2FrameCodec codec;

	private final Http2Connection http2;

	private final PropertyKey key;

	/** Where the codec keeps its own streams. */
	private final PropertyKey frameStreamKey;

	/** The codec in its pipeline; set before there is any stream. */
	private @Nullable ChannelHandlerContext context;

	private final FlushHandler flushes;

	private @Nullable PingHandler ping;

	/** Streams for which nothing was written yet; {@code null} until there are any. */
	private @Nullable Set<Http2MessageStream> unwritten;

	/** The stream that is being created. */
	private @Nullable Http2MessageStream creating;

	/** How many of them the codec has. */
	private int open;

	MessageStreams(Http2FrameCodec codec, PropertyKey frameStreamKey, FlushHandler flushes) {
		this.codec = codec;
		this.flushes = flushes;
		this.http2 = codec.connection();
		this.frameStreamKey = frameStreamKey;
		this.key = this.http2.newKey();
		this.http2.addListener(this);
		this.http2.remote().flowController().listener(this);
		codec.decoder().frameListener(new MessageFrameListener(this, codec.decoder().frameListener()));
	}

	/**
	 * Begin to work in a pipeline.
	 * @param ctx the place of the codec
	 * @param pingHandler follows whether the server is there
	 */
	void install(ChannelHandlerContext ctx, PingHandler pingHandler) {
		this.context = ctx;
		this.ping = pingHandler;
		this.flushes.codec(this.codec, ctx);
	}

	private ChannelHandlerContext context() {
		ChannelHandlerContext ctx = this.context;
		if (ctx == null) {
			throw new IllegalStateException("Not installed");
		}
		assert ctx.executor().inEventLoop();
		return ctx;
	}

	/**
	 * Find a stream.
	 * @param id the stream id
	 * @return the stream, or {@code null} if it has a channel, or there is none
	 */
	@Nullable Http2MessageStream find(int id) {
		Http2Stream stream = this.http2.stream(id);
		return (stream != null) ? find(stream) : null;
	}

	private @Nullable Http2MessageStream find(Http2Stream stream) {
		return stream.getProperty(this.key);
	}

	// Writing

	/**
	 * Create a stream by writing the header of its request.
	 * @param stream the stream
	 * @param headers the header
	 * @param last whether nothing follows
	 * @return done when it is sent, or {@code null} if no stream can be created any more
	 */
	@Nullable ChannelFuture create(Http2MessageStream stream, Http2Headers headers, boolean last) {
		ChannelHandlerContext ctx = context();
		wasWritten(stream);
		if (!ctx.channel().isActive() || this.http2.goAwayReceived() || !this.http2.local().canOpenStream()) {
			return null;
		}
		int id = this.http2.local().incrementAndGetNextStreamId();
		if (id < 0) {
			return null;
		}
		this.creating = stream;
		try {
			return this.codec.encoder().writeHeaders(ctx, id, headers, 0, last, ctx.newPromise());
		}
		finally {
			this.creating = null;
		}
	}

	void write(Http2Stream stream, ByteBuf data, boolean last, ChannelPromise promise) {
		this.codec.encoder().writeData(context(), stream.id(), data, 0, last, promise);
	}

	ChannelFuture writeTrailers(Http2Stream stream, Http2Headers trailers) {
		ChannelHandlerContext ctx = context();
		return this.codec.encoder().writeHeaders(ctx, stream.id(), trailers, 0, true, ctx.newPromise());
	}

	void reset(Http2Stream stream, long code) {
		ChannelHandlerContext ctx = context();
		this.codec.encoder().writeRstStream(ctx, stream.id(), code, ctx.newPromise());
		flush();
	}

	boolean isWritable(Http2Stream stream) {
		return this.http2.remote().flowController().isWritable(stream);
	}

	/**
	 * Return a promise of something that is not written after all.
	 * @return the promise
	 */
	ChannelPromise newPromise() {
		return context().newPromise();
	}

	/**
	 * Note that a stream begins for which nothing was written at once.
	 * @param stream the stream
	 */
	void unwritten(Http2MessageStream stream) {
		Set<Http2MessageStream> waiting = this.unwritten;
		if (waiting == null) {
			waiting = new LinkedHashSet<>();
			this.unwritten = waiting;
		}
		waiting.add(stream);
	}

	/**
	 * Note that something was written for a stream, or nothing ever will be.
	 * @param stream the stream
	 */
	void wasWritten(Http2MessageStream stream) {
		if (this.unwritten != null) {
			this.unwritten.remove(stream);
		}
	}

	/**
	 * Flush what is written, once for all that is read or done in one turn of the event
	 * loop.
	 */
	void flush() {
		this.flushes.gather();
	}

	// Reading

	/**
	 * Note that a frame has arrived that brings an answer further.
	 */
	void heard() {
		if (this.ping != null) {
			this.ping.frameHeard();
		}
	}

	/**
	 * Let the server send more.
	 * @param stream the stream
	 * @param bytes how much of what was received has been read
	 */
	void consumed(Http2Stream stream, int bytes) {
		try {
			if (this.http2.local().flowController().consumeBytes(stream, bytes)) {
				flush();
			}
		}
		catch (Http2Exception ex) {
			this.codec.onError(context(), true, ex);
		}
	}

	/**
	 * Note that something is wrong with a stream.
	 * @param id the stream id
	 * @param outbound whether that was found while writing, which the promise tells
	 * @param cause what is wrong
	 * @return whether it is one of these
	 */
	boolean failed(int id, boolean outbound, Throwable cause) {
		Http2MessageStream stream = find(id);
		if (stream != null && !outbound) {
			stream.failed(cause);
		}
		return stream != null;
	}

	/**
	 * Note that the connection is closed: nobody else tells those of which it knows
	 * nothing.
	 */
	void connectionClosed() {
		Set<Http2MessageStream> waiting = this.unwritten;
		this.unwritten = null;
		if (waiting != null) {
			waiting.forEach(Http2MessageStream::closed);
		}
	}

	@Override
	public void onStreamAdded(Http2Stream stream) {
		Http2MessageStream created = this.creating;
		if (created != null) {
			this.creating = null;
			this.open++;
			stream.setProperty(this.key, created);
			created.created(stream);
		}
	}

	@Override
	public void onStreamHalfClosed(Http2Stream stream) {
		Http2MessageStream direct = find(stream);
		if (direct != null && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
			direct.ended();
		}
	}

	@Override
	public void onStreamClosed(Http2Stream stream) {
		Http2MessageStream direct = find(stream);
		if (direct != null) {
			this.open--;
			direct.closed();
		}
	}

	@Override
	public void writabilityChanged(Http2Stream stream) {
		Http2MessageStream direct = find(stream);
		if (direct != null && isWritable(stream)) {
			direct.writable();
		}
	}

	/**
	 * Return whether there is any stream without a channel.
	 * @return whether the codec has one
	 */
	boolean isAnyOpen() {
		return this.open > 0;
	}

	/**
	 * Have all streams look as if they had a channel, or only those that have one.
	 * @param frameStream what stands for those that have none, or {@code null}
	 * @throws Http2Exception if the codec cannot go through its streams
	 */
	void standIn(@Nullable Object frameStream) throws Http2Exception {
		this.http2.forEachActiveStream((stream) -> {
			if (find(stream) != null) {
				stream.setProperty(this.frameStreamKey, frameStream);
			}
			return true;
		});
	}

}
