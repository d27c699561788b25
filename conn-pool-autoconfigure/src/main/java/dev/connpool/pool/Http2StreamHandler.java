package dev.connpool.pool;

import javax.net.ssl.SSLException;

import dev.connpool.error.ConnPoolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;

/**
 * Follows the exchange on an HTTP/2 stream, and turns the buffers that Reactor Netty
 * writes into DATA frames.
 */
final class Http2StreamHandler extends ChannelDuplexHandler {

	private final Http2Session session;

	private final Exchange exchange;

	private final Progress progress;

	private final RequestLength requestLength = new RequestLength(true);

	Http2StreamHandler(Http2Session session, Exchange exchange) {
		this.session = session;
		this.exchange = exchange;
		this.progress = exchange.progress();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (!this.requestLength.admits(ctx, msg, promise, this.exchange)) {
			return;
		}
		this.progress.sent(msg);
		ExpectContinueHandler.watch(ctx, msg, this.exchange);
		ctx.write((msg instanceof ByteBuf buffer) ? new DefaultHttp2DataFrame(buffer, false) : msg, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		this.progress.heard();
		if (msg instanceof HttpResponse response) {
			if (Http1Handler.isInterim(response)) {
				ReferenceCountUtil.release(msg);
				ctx.read();
				return;
			}
			ContentDecoder.prepare(ctx, response, this.exchange);
		}
		this.exchange.received(msg);
		if (msg instanceof LastHttpContent) {
			this.progress.answered();
			this.session.releaseEarly(this.exchange);
		}
		ctx.fireChannelRead(msg);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof SslCloseCompletionEvent) {
			// It ends the connection, and that ends this.
			return;
		}
		if (event instanceof Http2ResetFrame frame) {
			this.progress.reset(frame);
		}
		ctx.fireUserEventTriggered(event);
	}

	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		this.exchange.givenUp();
		if (this.exchange.isMalformed()) {
			// Closing alone resets with CANCEL.
			ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
		}
		ctx.close(promise);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.exchange.cutOff(ctx);
		ctx.fireChannelInactive();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		// Reactor Netty's deadline is nothing that the server did.
		if (cause instanceof ConnPoolException || cause instanceof ReadTimeoutException) {
			ctx.fireExceptionCaught(cause);
		}
		else if (cause instanceof Error) {
			this.exchange.failed(cause);
		}
		else if (cause.getCause() instanceof SSLException) {
			// The end of the connection follows.
			this.session.connection().failed(cause);
		}
		else {
			Host host = this.session.connection().pool().host();
			this.exchange.abort(
					(cause instanceof HeaderListSizeException) ? host.headerListTooLarge(cause)
							: host.protocolError("the response is malformed (RFC 9113, section 8.1.1)", cause),
					CloseReason.PROTOCOL_ERROR);
		}
	}

}
