package dev.connpool.pool.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import reactor.netty.NettyPipeline;

/**
 * Follows the silence of an event stream. Only time during which the caller waits for
 * more counts: a slow reader does not make the server late.
 */
public final class EventStreamHandler extends ChannelDuplexHandler {

	private static final String NAME = "connpool.silence";

	private final Progress progress;

	private EventStreamHandler(Progress progress) {
		this.progress = progress;
	}

	static void watch(Channel channel, Progress progress) {
		channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, NAME, new EventStreamHandler(progress));
		progress.silence(true);
	}

	public static void unwatch(Channel channel) {
		if (channel.pipeline().get(NAME) != null) {
			channel.pipeline().remove(NAME);
		}
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
