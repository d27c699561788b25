package dev.connpool.pool;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

import dev.connpool.error.ConnPoolException;
import dev.connpool.error.ProtocolErrorException;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.ReferenceCountUtil;

/**
 * Follows the exchanges on an HTTP/1.1 connection.
 */
final class Http1Handler extends ChannelDuplexHandler {

	static final String NAME = "connpool.http1";

	/** Bytes of a body that a socket usually takes at once. */
	private static final int AT_ONCE = 64 * 1024;

	private final PooledConnection connection;

	private final ResponseBoundaryHandler boundary;

	private final RequestLength requestLength = new RequestLength(false);

	private boolean interim;

	Http1Handler(PooledConnection connection, ResponseBoundaryHandler boundary) {
		this.connection = connection;
		this.boundary = boundary;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		Exchange exchange = this.connection.current();
		if (exchange == null) {
			// An answer to nothing could be taken for the answer to the next request.
			ReferenceCountUtil.release(msg);
			this.connection.close(CloseReason.PROTOCOL_ERROR);
			return;
		}
		if (msg instanceof HttpObject object && object.decoderResult().isFailure()) {
			ReferenceCountUtil.release(msg);
			exchange.abort(error(object), CloseReason.PROTOCOL_ERROR);
			return;
		}
		if (msg instanceof HttpResponse response) {
			this.interim = isInterim(response);
			obey(response);
		}
		if (this.interim) {
			ReferenceCountUtil.release(msg);
			if (msg instanceof LastHttpContent) {
				ctx.read();
			}
			return;
		}
		if (msg instanceof LastHttpContent) {
			exchange.progress().answered();
			this.connection.releaseEarly();
		}
		if (msg instanceof HttpResponse response) {
			ContentDecoder.prepare(ctx, response, exchange);
		}
		exchange.received(msg);
		ctx.fireChannelRead(msg);
	}

	private void obey(HttpResponse response) {
		long idleTimeout = KeepAliveHeader.idleTimeout(response.headers());
		if (idleTimeout != KeepAliveHeader.UNKNOWN) {
			this.connection.idleAtMost(idleTimeout);
		}
	}

	/**
	 * Tell whether another response follows (RFC 9110, section 15.2). Reactor Netty knows
	 * that of 100 only and would take any other for the final one.
	 * @param response the head of a response
	 * @return whether it is for nobody
	 */
	static boolean isInterim(HttpResponse response) {
		int code = response.status().code();
		return HttpStatusClass.INFORMATIONAL.contains(code) && code != 101;
	}

	private ProtocolErrorException error(HttpObject malformed) {
		Host host = this.connection.pool().host();
		Throwable cause = malformed.decoderResult().cause();
		if (cause instanceof TooLongHttpHeaderException) {
			return host.errors().headerTooLarge(cause);
		}
		if (cause instanceof TooLongHttpLineException) {
			return host.errors()
				.lineTooLong((malformed instanceof HttpResponse) ? "the status line of the response"
						: "the line with the size of a chunk, which may have extensions,", cause);
		}
		return host.errors()
			.protocolError((malformed instanceof HttpResponse)
					? "the header of the response is malformed (RFC 9112, sections 4 and 5)"
					: "the body of the response is malformed (RFC 9112, sections 6 and 7)", cause);
	}

	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		Exchange exchange = this.connection.current();
		if (exchange != null && !this.connection.isClosing()) {
			exchange.givenUp();
		}
		ctx.close(promise);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof IOException && !(cause instanceof ConnPoolException)) {
			// The exchange is told of the end of the channel, which follows.
			this.connection.failed(cause);
			ctx.close();
		}
		else if (cause instanceof Error) {
			failed(cause);
		}
		else {
			if (cause instanceof ReadTimeoutException) {
				// Whoever has noticed closes next.
				this.connection.closing(CloseReason.RESPONSE_TIMEOUT);
			}
			ctx.fireExceptionCaught(cause);
		}
	}

	// Of what was being read a part may be missing.
	private void failed(Throwable error) {
		Exchange exchange = this.connection.current();
		if (exchange != null) {
			exchange.failed(error);
		}
		else {
			this.connection.close(CloseReason.CANCELLED);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		Exchange exchange = this.connection.current();
		if (exchange != null) {
			exchange.cutOff(ctx);
		}
		ctx.fireChannelInactive();
		this.connection.gone();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		Exchange exchange = this.connection.current();
		if (exchange != null && !this.boundary.isUpgraded()
				&& !this.requestLength.admits(ctx, msg, promise, exchange)) {
			return;
		}
		if (msg instanceof HttpRequest request) {
			if (!this.connection.isStillSilent()) {
				refuse(ctx, msg, promise);
				return;
			}
			this.boundary.requestBegins();
			announceEnd(request);
		}
		if (exchange != null) {
			exchange.progress().sent(msg);
			ExpectContinueHandler.watch(ctx, msg, exchange);
			if (msg instanceof HttpRequest && mayTakeLong(msg)) {
				ctx.channel().config().setAutoClose(false);
			}
		}
		ctx.write(msg, ctx.channel().config().isAutoClose() ? promise : patient(ctx, promise));
	}

	/**
	 * Write nothing of a request: it is sent on another connection.
	 * @param ctx the place in the pipeline
	 * @param request the head of the request
	 * @param promise who waits for it to be written
	 */
	private static void refuse(ChannelHandlerContext ctx, Object request, ChannelPromise promise) {
		ReferenceCountUtil.release(request);
		ctx.close();
		promise.tryFailure(new ClosedChannelException());
	}

	private void announceEnd(HttpRequest request) {
		// What a connection is upgraded to stays on it.
		if (!this.connection.pool().host().pool().keepAlive() && !request.headers().contains(HttpHeaderNames.UPGRADE)) {
			HttpUtil.setKeepAlive(request, false);
		}
	}

	private static boolean mayTakeLong(Object head) {
		return !(head instanceof FullHttpRequest whole) || whole.content().readableBytes() > AT_ONCE;
	}

	/**
	 * A server may answer before it has read the whole request, and close (RFC 9112,
	 * section 9.5). The answer counts, not that the rest cannot be written; so this is
	 * told when there is nothing more to read.
	 * @param ctx the place in the pipeline
	 * @param promise who waits for it to be written
	 * @return what to write with
	 */
	private static ChannelPromise patient(ChannelHandlerContext ctx, ChannelPromise promise) {
		return ctx.newPromise().addListener((written) -> {
			if (written.isSuccess()) {
				promise.trySuccess();
			}
			else if (!(written.cause() instanceof IOException)) {
				promise.tryFailure(written.cause());
			}
			else {
				ctx.channel().closeFuture().addListener((closed) -> promise.tryFailure(written.cause()));
			}
		});
	}

}
