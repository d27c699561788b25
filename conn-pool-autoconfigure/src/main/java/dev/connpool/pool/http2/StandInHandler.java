package dev.connpool.pool.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Comes before Netty's multiplexer, which takes each stream of the connection for one
 * that has a channel when it tells all of them something. While it does, those that have
 * none look as if they were one that nobody uses.
 */
final class StandInHandler extends ChannelInboundHandlerAdapter {

	private final MessageStreams messages;

	/** What stands for all streams without a channel; {@code null} until it has to. */
	private @Nullable Http2FrameStream standIn;

	StandInHandler(MessageStreams messages) {
		this.messages = messages;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (!(msg instanceof Http2GoAwayFrame) || !begin(ctx)) {
			ctx.fireChannelRead(msg);
			return;
		}
		try {
			ctx.fireChannelRead(msg);
		}
		finally {
			this.messages.standIn(null);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		boolean begun = begin(ctx);
		ctx.fireChannelWritabilityChanged();
		if (begun) {
			this.messages.standIn(null);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		boolean begun = !(event instanceof Http2FrameStreamEvent) && begin(ctx);
		ctx.fireUserEventTriggered(event);
		if (begun) {
			this.messages.standIn(null);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		boolean begun = begin(ctx);
		ctx.fireExceptionCaught(cause);
		if (begun) {
			this.messages.standIn(null);
		}
	}

	private boolean begin(ChannelHandlerContext ctx) {
		if (!this.messages.isAnyOpen()) {
			return false;
		}
		Http2FrameStream present = this.standIn;
		if (present == null) {
			Future<Http2StreamChannel> opening = new Http2StreamChannelBootstrap(ctx.channel()).open();
			if (!opening.isSuccess()) {
				return false;
			}
			Http2StreamChannel unused = opening.getNow();
			unused.pipeline().addLast(new Silent());
			present = unused.stream();
			this.standIn = present;
		}
		this.messages.standIn(present);
		return true;
	}

	/**
	 * Lets nothing of what is told have any effect.
	 */
	private static final class Silent extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			// Each stream learns it from the connection.
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
			ReferenceCountUtil.release(event);
		}

	}

}
