package dev.connpool.pool.http1;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

import dev.connpool.error.ConnPoolException;
import dev.connpool.error.ProtocolErrorException;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.RequestLength;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Host;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
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

	private final Http1Session session;

	private final PooledConnection connection;

	private final ResponseBoundaryHandler boundary;

	private final ResponseHeadHandler head;

	private final RequestLength requestLength = new RequestLength(false);

	Http1Handler(Http1Session session, ResponseBoundaryHandler boundary, ResponseHeadHandler head) {
		this.session = session;
		this.connection = session.connection();
		this.boundary = boundary;
		this.head = head;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		Lease lease = this.session.current();
		if (lease == null) {
			// An answer to nothing could be taken for the answer to the next request.
			ReferenceCountUtil.release(msg);
			this.connection.close(CloseReason.PROTOCOL_ERROR);
			return;
		}
		if (msg instanceof HttpObject object && object.decoderResult().isFailure()) {
			ReferenceCountUtil.release(msg);
			lease.abort(error(object), CloseReason.PROTOCOL_ERROR);
			return;
		}
		if (msg instanceof HttpResponse response) {
			headReceived(response);
		}
		if (this.head.isInterim()) {
			skip(ctx, msg);
			return;
		}
		if (msg instanceof LastHttpContent) {
			lease.answered();
			this.session.releaseEarly();
		}
		lease.received(ctx, msg);
		ctx.fireChannelRead(msg);
	}

	private static void skip(ChannelHandlerContext ctx, Object interim) {
		ReferenceCountUtil.release(interim);
		if (interim instanceof LastHttpContent) {
			ctx.read();
		}
	}

	private void headReceived(HttpResponse response) {
		long idleTimeout = KeepAliveHeader.idleTimeout(response.headers());
		if (idleTimeout != KeepAliveHeader.UNKNOWN) {
			this.session.idleAtMost(idleTimeout);
		}
		if (!HttpUtil.isKeepAlive(response)) {
			this.connection.markPersistent(false);
		}
		if (response.status().code() == 204 && announcesContent(response.headers())) {
			// It may be on its way, and would be read before the next response.
			this.connection.markPersistent(false);
		}
	}

	// Nothing may say so of a response that has none (RFC 9110, section 8.6).
	private static boolean announcesContent(HttpHeaders headers) {
		return headers.contains(HttpHeaderNames.CONTENT_LENGTH)
				&& !headers.contains(HttpHeaderNames.CONTENT_LENGTH, "0", false);
	}

	private ProtocolErrorException error(HttpObject malformed) {
		Host host = this.connection.host();
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
		Lease lease = this.session.current();
		if (lease != null && !this.connection.end().isNoted()) {
			lease.givenUp();
		}
		ctx.close(promise);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof IOException && !(cause instanceof ConnPoolException)) {
			// The exchange is told of the end of the channel, which follows.
			this.connection.end().failed(cause);
			ctx.close();
		}
		else if (cause instanceof Error) {
			failed(cause);
		}
		else {
			if (cause instanceof ReadTimeoutException) {
				// Whoever has noticed closes next.
				this.connection.end().note(CloseReason.RESPONSE_TIMEOUT);
			}
			ctx.fireExceptionCaught(cause);
		}
	}

	// Of what was being read a part may be missing.
	private void failed(Throwable error) {
		Lease lease = this.session.current();
		if (lease != null) {
			lease.failed(error);
		}
		else {
			this.connection.close(CloseReason.CANCELLED);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		Lease lease = this.session.current();
		if (lease != null) {
			ConnPoolException error = lease.cutOff();
			if (error != null) {
				ctx.fireExceptionCaught(error);
			}
		}
		ctx.fireChannelInactive();
		this.session.gone();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		Lease lease = this.session.current();
		if (lease != null && !this.boundary.isUpgraded() && !this.requestLength.admitOrEnd(ctx, msg, promise, lease)) {
			return;
		}
		if (msg instanceof HttpRequest request) {
			if (!this.session.ensureStillSilent()) {
				refuse(ctx, msg, promise);
				return;
			}
			this.boundary.requestBegins();
			announceEnd(request);
		}
		if (lease != null) {
			lease.sent(ctx, msg);
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
		if (!this.connection.host().pool().keepAlive() && !request.headers().contains(HttpHeaderNames.UPGRADE)) {
			HttpUtil.setKeepAlive(request, false);
		}
		if (!HttpUtil.isKeepAlive(request)) {
			this.connection.markPersistent(false);
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
