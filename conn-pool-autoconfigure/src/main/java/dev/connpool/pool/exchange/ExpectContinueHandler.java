package dev.connpool.pool.exchange;

import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.connpool.pool.connection.InterimResponses;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Holds back the body of a request until the server asks for it, answers without it, or
 * does neither in time (RFC 9110, section 10.1.1). It is in the pipeline only while a
 * body is held back, and for good once the server has refused one.
 */
final class ExpectContinueHandler extends ChannelDuplexHandler {

	private static final String NAME = "connpool.continue";

	private final Progress progress;

	private final long patience;

	private final Queue<Held> held = new ArrayDeque<>();

	private boolean refused;

	private @Nullable Future<?> timer;

	private ExpectContinueHandler(Progress progress, long patience) {
		this.progress = progress;
		this.patience = patience;
	}

	/**
	 * Have the body of a request held back, if the request says so.
	 * @param ctx the place in the pipeline that the request has come to
	 * @param msg what is being written
	 * @param progress how far the exchange has come that it belongs to
	 */
	static void watch(ChannelHandlerContext ctx, Object msg, Progress progress) {
		if (msg instanceof HttpRequest request && HttpUtil.is100ContinueExpected(request) && mayHaveBody(request)) {
			long patience = progress.stream().connection().host().timeouts().expectContinue().toNanos();
			if (patience > 0) {
				ctx.pipeline().addBefore(ctx.name(), NAME, new ExpectContinueHandler(progress, patience));
			}
		}
	}

	private static boolean mayHaveBody(HttpRequest request) {
		return !(request instanceof FullHttpRequest whole) || whole.content().isReadable();
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof FullHttpRequest whole) {
			hold(new DefaultLastHttpContent(whole.content(), whole.trailingHeaders()), promise);
			HttpRequest head = new DefaultHttpRequest(whole.protocolVersion(), whole.method(), whole.uri(),
					whole.headers());
			begin(ctx, head, ctx.newPromise().addListener((written) -> {
				if (!written.isSuccess()) {
					fail(written.cause());
				}
			}));
		}
		else if (msg instanceof HttpRequest) {
			begin(ctx, msg, promise);
		}
		else if (msg == LastHttpContent.EMPTY_LAST_CONTENT && this.held.isEmpty() && !this.refused) {
			// There is no body.
			hold(msg, promise);
			proceed(ctx);
		}
		else {
			hold(msg, promise);
		}
	}

	private void begin(ChannelHandlerContext ctx, Object head, ChannelPromise promise) {
		this.timer = ctx.executor().schedule(() -> proceed(ctx), this.patience, TimeUnit.NANOSECONDS);
		ctx.writeAndFlush(head, promise);
		// Reactor Netty reads when all is written.
		ctx.read();
	}

	private void hold(Object msg, ChannelPromise promise) {
		this.held.add(new Held(msg, promise));
		if (this.refused) {
			forget();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof HttpResponse response && !this.refused) {
			if (response.status().code() == 100) {
				proceed(ctx);
			}
			else if (!InterimResponses.isInterim(response)) {
				refuse();
			}
		}
		ctx.fireChannelRead(msg);
	}

	private void proceed(ChannelHandlerContext ctx) {
		stop();
		// What is written meanwhile comes last.
		for (Held next = this.held.poll(); next != null; next = this.held.poll()) {
			ctx.write(next.msg(), next.promise());
		}
		ctx.pipeline().remove(this);
		ctx.flush();
	}

	private void refuse() {
		stop();
		this.refused = true;
		this.progress.refusedBody();
		forget();
	}

	/**
	 * Let go of what will not be sent. Whoever writes it is not told before the channel
	 * closes: with an error Reactor Netty would end the response, and otherwise it would
	 * write on.
	 */
	private void forget() {
		for (int count = this.held.size(); count > 0; count--) {
			Held next = this.held.remove();
			this.progress.unsent(next.msg());
			ReferenceCountUtil.release(next.msg());
			this.held.add(new Held(LastHttpContent.EMPTY_LAST_CONTENT, next.promise()));
		}
	}

	private void fail(Throwable cause) {
		for (Held next = this.held.poll(); next != null; next = this.held.poll()) {
			ReferenceCountUtil.release(next.msg());
			next.promise().tryFailure(cause);
		}
	}

	private void stop() {
		if (this.timer != null) {
			this.timer.cancel(false);
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		stop();
		if (!this.held.isEmpty()) {
			fail(new ClosedChannelException());
		}
	}

	/**
	 * A part of the body.
	 *
	 * @param msg the part
	 * @param promise who waits for it to be written
	 */
	private record Held(Object msg, ChannelPromise promise) {
	}

}
