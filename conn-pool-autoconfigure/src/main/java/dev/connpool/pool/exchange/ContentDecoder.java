package dev.connpool.pool.exchange;

import java.util.List;
import java.util.zip.DataFormatException;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.content.ContentCoding;
import dev.connpool.pool.content.DecodedContent;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Host;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the content of one response, which few responses need: it is put into the
 * pipeline by their head and leaves it with their end.
 * <p>
 * No more is decoded than is asked for, since little can become very much: what was
 * received and not yet decoded is kept here, the end of the response too. Nothing is read
 * from the channel meanwhile. A channel may be closed before its response has been read,
 * which empties its pipeline; then this goes on in what is left of it.
 */
final class ContentDecoder extends ChannelDuplexHandler {

	private static final String NAME = "connpool.decoder";

	/** As much as is decoded before others have their turn on the event loop. */
	static final int TURN = 32 * DecodedContent.PART;

	private final Exchange exchange;

	private final DecodedContent content;

	/** What follows the content; {@code null} until all was received. */
	private @Nullable HttpHeaders trailers;

	private State state = State.DECODING;

	/** Whether somebody has asked for one more part. */
	private boolean asked;

	private boolean decoding;

	/** Whether the channel is only not read because others have their turn. */
	private boolean paused;

	/** Whether the end of the channel is kept from the reader. */
	private boolean ended;

	private ContentDecoder(Exchange exchange, DecodedContent content) {
		this.exchange = exchange;
		this.content = content;
	}

	private ContentDecoder(ContentDecoder predecessor) {
		this.exchange = predecessor.exchange;
		this.content = predecessor.content;
		this.trailers = predecessor.trailers;
		this.ended = predecessor.ended;
	}

	/**
	 * Have the content of a response decoded if it is coded and the client asks for that.
	 * @param ctx the place in the pipeline that gets the content decoded
	 * @param response the final head of the response, which has not been passed on yet
	 * @param exchange the exchange
	 */
	static void prepare(ChannelHandlerContext ctx, HttpResponse response, Exchange exchange) {
		DecodedContent content = decoded(response, response instanceof FullHttpResponse, exchange);
		if (content != null) {
			ctx.pipeline().addBefore(ctx.name(), NAME, new ContentDecoder(exchange, content));
		}
	}

	/**
	 * Find out whether the content of a response is coded and the client asks for it
	 * decoded.
	 * @param response the final head, whose coding is removed if that is so
	 * @param whole whether nothing follows that head
	 * @param exchange the exchange
	 * @return what decodes it, or {@code null} if nothing has to
	 */
	static @Nullable DecodedContent decoded(HttpResponse response, boolean whole, Exchange exchange) {
		HttpHeaders headers = response.headers();
		if (!headers.contains(HttpHeaderNames.CONTENT_ENCODING) || whole || !exchange.acceptsCodings()
				|| !hasContent(response, exchange)) {
			return null;
		}
		List<ContentCoding> codings = ContentCoding.of(headers);
		if (codings.isEmpty()) {
			return null;
		}
		headers.remove(HttpHeaderNames.CONTENT_ENCODING).remove(HttpHeaderNames.CONTENT_LENGTH);
		return new DecodedContent(codings);
	}

	/**
	 * Tell whether there is content that can be decoded. A part of it (206) cannot.
	 * @param response the head of the response
	 * @param exchange the exchange
	 * @return whether there may be something to decode
	 */
	private static boolean hasContent(HttpResponse response, Exchange exchange) {
		int code = response.status().code();
		return code >= 200 && code != 204 && code != 206 && code != 304
				&& !HttpMethod.HEAD.name().equals(exchange.method())
				&& !response.headers().contains(HttpHeaderNames.CONTENT_LENGTH, "0", false);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (!(msg instanceof HttpContent part) || part.decoderResult().isFailure()) {
			ctx.fireChannelRead(msg);
			return;
		}
		if (msg instanceof LastHttpContent last) {
			this.trailers = last.trailingHeaders();
			this.content.complete();
		}
		if (this.state == State.DECODING) {
			this.content.add(part.content());
			decode(ctx);
			return;
		}
		ReferenceCountUtil.release(msg);
		if (this.state == State.DISCARDING && this.trailers != null) {
			finish(ctx, this.trailers);
		}
	}

	@Override
	public void read(ChannelHandlerContext ctx) {
		if (this.state == State.DECODING) {
			this.asked = true;
			if (ctx.channel().config().isAutoRead()) {
				this.paused = false;
			}
			decode(ctx);
		}
		else {
			ctx.read();
		}
	}

	/**
	 * Decode as much as is asked for, unless that is being done.
	 * @param ctx the place in the pipeline
	 */
	private void decode(ChannelHandlerContext ctx) {
		if (this.decoding) {
			return;
		}
		this.decoding = true;
		try {
			int left = TURN;
			int decoded = 1;
			while (decoded > 0 && left > 0 && isAskedFor(ctx)) {
				decoded = decodePart(ctx);
				left -= decoded;
			}
			if (decoded > 0 && isAskedFor(ctx)) {
				pause(ctx);
			}
		}
		catch (DataFormatException ex) {
			fail(ex);
		}
		finally {
			this.decoding = false;
		}
	}

	private boolean isAskedFor(ChannelHandlerContext ctx) {
		return this.state == State.DECODING && (this.asked || ctx.channel().config().isAutoRead());
	}

	private int decodePart(ChannelHandlerContext ctx) throws DataFormatException {
		ByteBuf part = this.content.next(ctx.alloc());
		if (part != null) {
			int decoded = part.readableBytes();
			this.asked = false;
			ctx.fireChannelRead(new DefaultHttpContent(part));
			ctx.fireChannelReadComplete();
			return decoded;
		}
		if (this.content.isEnded() && this.trailers != null) {
			finish(ctx, this.trailers);
		}
		else {
			this.asked = false;
			ctx.read();
		}
		return 0;
	}

	/**
	 * Let others have their turn, and read nothing meanwhile. Whoever asks for more goes
	 * on at once.
	 * @param ctx the place in the pipeline
	 */
	private void pause(ChannelHandlerContext ctx) {
		Channel channel = ctx.channel();
		boolean autoRead = channel.config().isAutoRead();
		this.paused = true;
		this.asked = false;
		channel.config().setAutoRead(false);
		channel.eventLoop().execute(() -> {
			if (this.paused && autoRead) {
				channel.config().setAutoRead(true);
			}
			else if (this.paused) {
				this.paused = false;
				channel.read();
			}
		});
	}

	private void finish(ChannelHandlerContext ctx, HttpHeaders trailers) {
		end(State.ENDED);
		LastHttpContent last = LastHttpContent.EMPTY_LAST_CONTENT;
		if (!trailers.isEmpty()) {
			last = new DefaultLastHttpContent();
			last.trailingHeaders().set(trailers);
		}
		if (!ctx.isRemoved()) {
			ctx.pipeline().remove(this);
		}
		if (ctx.channel().config().isAutoRead()) {
			ctx.read();
		}
		if (!ctx.channel().isActive()) {
			this.exchange.answered();
		}
		ctx.fireChannelRead(last);
		ctx.fireChannelReadComplete();
	}

	private void fail(DataFormatException cause) {
		end(State.FAILED);
		this.exchange.abort(error(this.exchange.host(), this.content, cause), CloseReason.PROTOCOL_ERROR);
	}

	/**
	 * Say that content cannot be decoded.
	 * @param host the host that sent it
	 * @param content the content
	 * @param cause what is wrong
	 * @return the error
	 */
	static ConnPoolException error(Host host, DecodedContent content, DataFormatException cause) {
		return host.errors()
			.protocolError("the body cannot be decoded as Content-Encoding '%s' says (RFC 9110, section 8.4)"
				.formatted(content), cause);
	}

	private void end(State state) {
		this.state = state;
		this.paused = false;
		this.content.release();
	}

	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		if (this.state == State.DECODING && this.exchange.isAbandoned()) {
			end(State.DISCARDING);
			if (this.trailers != null && ctx.channel().isActive()) {
				// Nothing is left to be read that could keep the connection from being
				// used again.
				promise.cancel(false);
				this.exchange.discarded();
				finish(ctx, this.trailers);
				return;
			}
		}
		else if (this.state == State.DECODING && this.exchange.isAborted()) {
			end(State.FAILED);
		}
		ctx.close(promise);
		tellEnd(ctx);
	}

	// Nobody else tells of the end of a channel that was kept from a reader.
	private void tellEnd(ChannelHandlerContext ctx) {
		if (this.ended && this.state != State.DECODING) {
			this.ended = false;
			ctx.fireChannelInactive();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.ended = this.state == State.DECODING && this.trailers != null;
		if (!this.ended) {
			ctx.fireChannelInactive();
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		if (this.state != State.DECODING) {
			return;
		}
		if (this.trailers == null || this.exchange.isAborted() || ctx.channel().eventLoop().isShuttingDown()) {
			end(State.FAILED);
			return;
		}
		boolean resume = this.paused;
		this.paused = false;
		ctx.channel().eventLoop().execute(() -> new ContentDecoder(this).goOn(ctx.channel(), resume));
	}

	/**
	 * Deliver what is left to a reader whose channel is closed.
	 * @param channel the channel
	 * @param resume whether it was only not read because others had their turn
	 */
	private void goOn(Channel channel, boolean resume) {
		ChannelPipeline pipeline = channel.pipeline().addLast(NAME, this);
		this.exchange.rejoin(channel);
		if (this.exchange.isAbandoned() || this.exchange.isAborted()) {
			end(State.FAILED);
			tellEnd(pipeline.context(this));
			pipeline.remove(this);
		}
		else if (channel.config().isAutoRead()) {
			pipeline.read();
		}
		else if (resume) {
			channel.config().setAutoRead(true);
		}
	}

	/**
	 * What is done with what is received.
	 */
	private enum State {

		DECODING, DISCARDING, FAILED, ENDED

	}

}
