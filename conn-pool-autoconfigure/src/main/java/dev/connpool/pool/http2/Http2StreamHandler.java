package dev.connpool.pool.http2;

import javax.net.ssl.SSLException;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.ChannelStream;
import dev.connpool.pool.connection.InterimResponses;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.RequestLength;
import dev.connpool.pool.host.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Carries one exchange on an HTTP/2 stream: follows it, and turns the buffers that are
 * written into DATA frames.
 */
final class Http2StreamHandler extends ChannelDuplexHandler implements ChannelStream {

	private final Http2Session session;

	private final Lease lease;

	private final Http2StreamChannel stream;

	private final RequestLength requestLength = new RequestLength(true);

	/** Why the server reset the stream; {@code null} if it did not. */
	private @Nullable String reset;

	/** Whether the stream is known to be free although it has not quite ended. */
	private boolean released;

	Http2StreamHandler(Http2Session session, Lease lease, Http2StreamChannel stream) {
		this.session = session;
		this.lease = lease;
		this.stream = stream;
	}

	/**
	 * Note that the stream has ended.
	 */
	void closed() {
		boolean early = this.released;
		// A decoder may deliver the end of the response yet.
		this.released = true;
		this.session.closed(this.lease, this.reset, early);
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (!this.requestLength.admitOrEnd(ctx, msg, promise, this.lease)) {
			return;
		}
		this.lease.sent(ctx, msg);
		ctx.write((msg instanceof ByteBuf buffer) ? new DefaultHttp2DataFrame(buffer, false) : msg, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		this.lease.heard();
		if (msg instanceof HttpResponse response && InterimResponses.isInterim(response)) {
			ReferenceCountUtil.release(msg);
			ctx.read();
			return;
		}
		this.lease.received(ctx, msg);
		if (msg instanceof LastHttpContent) {
			this.lease.answered();
			releaseEarly();
		}
		ctx.fireChannelRead(msg);
	}

	/**
	 * Release the stream because the response has ended, before the caller learns of it:
	 * its next request finds a stream free.
	 */
	private void releaseEarly() {
		if (!this.released) {
			this.released = true;
			this.session.releasedEarly();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof SslCloseCompletionEvent) {
			// It ends the connection, and that ends this.
			return;
		}
		if (event instanceof Http2ResetFrame frame) {
			this.reset = Http2Session.name(frame.errorCode());
			this.lease.reset(this.reset);
		}
		ctx.fireUserEventTriggered(event);
	}

	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		this.lease.givenUp();
		if (this.lease.isMalformed()) {
			// Closing alone resets with CANCEL.
			ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
		}
		ctx.close(promise);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		ConnPoolException error = this.lease.cutOff();
		if (error != null) {
			ctx.fireExceptionCaught(error);
		}
		ctx.fireChannelInactive();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		// Reactor Netty's deadline is nothing that the server did.
		if (cause instanceof ConnPoolException || cause instanceof ReadTimeoutException) {
			ctx.fireExceptionCaught(cause);
		}
		else if (cause instanceof Error) {
			this.lease.failed(cause);
		}
		else if (cause.getCause() instanceof SSLException) {
			// The end of the connection follows.
			this.session.connection().end().failed(cause);
		}
		else {
			this.lease.abort(this.session.malformed(cause), CloseReason.PROTOCOL_ERROR);
		}
	}

	// As what carries an exchange

	@Override
	public PooledConnection connection() {
		return this.session.connection();
	}

	@Override
	public Channel channel() {
		return this.stream;
	}

	@Override
	public boolean isConnection() {
		return false;
	}

	@Override
	public int id() {
		return this.stream.stream().id();
	}

	@Override
	public boolean carries(Lease lease) {
		return this.lease == lease;
	}

	@Override
	public boolean isIgnored() {
		return this.session.isIgnored(id());
	}

	@Override
	public boolean release(Lease lease, boolean answered) {
		if (this.stream.isActive()) {
			this.stream.close();
		}
		return false;
	}

	@Override
	public @Nullable Flow flow() {
		return this.session.flow(id());
	}

}
