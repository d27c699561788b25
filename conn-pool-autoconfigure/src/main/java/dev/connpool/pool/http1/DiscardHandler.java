package dev.connpool.pool.http1;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.settings.DiscardSettings;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Saves an HTTP/1.1 connection whose response is no longer read. Transports close it;
 * instead, what is left of the response is read and discarded, provided that this is
 * little and soon done.
 */
final class DiscardHandler extends ChannelDuplexHandler {

	static final String NAME = "connpool.discard";

	private static final long UNKNOWN = -1;

	private final Http1Session session;

	private final PooledConnection connection;

	private final ResponseHeadHandler head;

	private final DiscardSettings limits;

	private boolean requestWritten;

	private boolean bodyAllowed;

	/** Whether the response has begun and not ended. */
	private boolean responding;

	/** What is left of the response by its Content-Length, which may be unknown. */
	private long left;

	/** What may still be discarded. */
	private long allowance;

	/** Ends the discarding; {@code null} while nothing is discarded. */
	private @Nullable Future<?> deadline;

	/** The closing that is put off. */
	private @Nullable ChannelPromise closing;

	DiscardHandler(Http1Session session, ResponseHeadHandler head) {
		this.session = session;
		this.connection = session.connection();
		this.head = head;
		this.limits = session.connection().host().settings().discard();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof HttpRequest request) {
			this.bodyAllowed = !HttpMethod.HEAD.equals(request.method());
			this.requestWritten = false;
			this.responding = false;
		}
		if (msg instanceof LastHttpContent) {
			this.requestWritten = true;
		}
		ctx.write(msg, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof HttpResponse response) {
			this.responding = this.head.isFinal();
			this.left = length(response);
		}
		if (msg instanceof HttpContent content && this.responding && !received(content)) {
			ReferenceCountUtil.release(msg);
			giveUp(ctx);
			return;
		}
		ctx.fireChannelRead(msg);
	}

	private long length(HttpResponse response) {
		int code = response.status().code();
		if (!this.bodyAllowed || code == 204 || code == 304) {
			return 0;
		}
		return response.decoderResult().isSuccess() ? HttpUtil.getContentLength(response, UNKNOWN) : UNKNOWN;
	}

	/**
	 * Count a part of the response.
	 * @param content the part
	 * @return whether it may be discarded, if that is what is done
	 */
	private boolean received(HttpContent content) {
		int bytes = content.content().readableBytes();
		if (this.left != UNKNOWN) {
			this.left -= bytes;
		}
		this.allowance -= bytes;
		if (this.deadline != null && (this.allowance < 0 || content.decoderResult().isFailure())) {
			return false;
		}
		if (content instanceof LastHttpContent) {
			this.responding = false;
			stop();
		}
		return true;
	}

	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		Lease lease = this.session.current();
		if (lease == null || !lease.isAbandoned() || this.connection.end().isNoted()) {
			ctx.close(promise);
		}
		else if (this.deadline != null || !isWorthSaving()) {
			this.connection.end().note(CloseReason.CANCELLED);
			ctx.close(promise);
		}
		else {
			this.closing = promise;
			lease.discarded();
			discard(ctx);
		}
	}

	private boolean isWorthSaving() {
		return this.limits.maxBytes() > 0 && this.requestWritten && this.responding
				&& this.left <= this.limits.maxBytes() && this.session.isKeptAlive();
	}

	private void discard(ChannelHandlerContext ctx) {
		this.allowance = this.limits.maxBytes();
		this.deadline = ctx.executor()
			.schedule(() -> giveUp(ctx), this.limits.maxWait().toNanos(), TimeUnit.NANOSECONDS);
		ctx.channel().config().setAutoRead(true);
	}

	private void giveUp(ChannelHandlerContext ctx) {
		this.connection.end().note(CloseReason.CANCELLED);
		ChannelPromise promise = this.closing;
		this.closing = null;
		stop();
		ctx.close((promise != null) ? promise : ctx.newPromise());
	}

	private void stop() {
		if (this.deadline != null) {
			this.deadline.cancel(false);
			this.deadline = null;
		}
		if (this.closing != null) {
			this.closing.cancel(false);
			this.closing = null;
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		stop();
		ctx.fireChannelInactive();
	}

}
