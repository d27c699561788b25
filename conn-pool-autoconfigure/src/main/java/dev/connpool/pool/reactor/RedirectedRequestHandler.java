package dev.connpool.pool.reactor;

import dev.connpool.pool.exchange.RedirectedRequest;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Makes a request that was redirected what it should be. Callers write it again as they
 * did the first time, and Reactor Netty adds cookies when all else is done.
 */
final class RedirectedRequestHandler extends ChannelOutboundHandlerAdapter {

	private final RedirectedRequest redirected;

	private final boolean credentialsChosen;

	/**
	 * Create a handler for one request.
	 * @param redirected what is different about it
	 * @param credentialsChosen whether the application itself says what credentials it
	 * sends after a redirect
	 */
	RedirectedRequestHandler(RedirectedRequest redirected, boolean credentialsChosen) {
		this.redirected = redirected;
		this.credentialsChosen = credentialsChosen;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof HttpRequest request) {
			this.redirected.amend(request.headers(), this.credentialsChosen);
		}
		if (msg instanceof LastHttpContent) {
			ctx.pipeline().remove(this);
		}
		if (!this.redirected.withoutBody()) {
			ctx.write(msg, promise);
		}
		else if (msg instanceof FullHttpRequest whole) {
			ctx.write(whole.replace(Unpooled.EMPTY_BUFFER), promise);
			whole.release();
		}
		else if (msg instanceof HttpRequest) {
			ctx.write(msg, promise);
		}
		else {
			ReferenceCountUtil.release(msg);
			if (msg instanceof LastHttpContent) {
				ctx.write(LastHttpContent.EMPTY_LAST_CONTENT, promise);
			}
			else {
				promise.trySuccess();
			}
		}
	}

}
