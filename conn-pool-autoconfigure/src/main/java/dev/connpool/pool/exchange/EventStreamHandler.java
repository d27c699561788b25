package dev.connpool.pool.exchange;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;

/**
 * Follows the silence of an event stream. Only time during which the caller waits for
 * more counts: a slow reader does not make the server late.
 */
final class EventStreamHandler extends ChannelDuplexHandler {

	static final String NAME = "connpool.silence";

	private final Progress progress;

	EventStreamHandler(Progress progress) {
		this.progress = progress;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.progress.silence(true);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		this.progress.silence(ctx.channel().config().isAutoRead());
		ctx.fireChannelRead(msg);
	}

	@Override
	public void read(ChannelHandlerContext ctx) {
		this.progress.silence(true);
		ctx.read();
	}

}
