package dev.connpool.pool.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
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

	/** How many events are being told: streams that are told of one may cause another. */
	private int depth;

	StandInHandler(MessageStreams messages) {
		this.messages = messages;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) throws Http2Exception {
		boolean begun = msg instanceof Http2GoAwayFrame && begin(ctx);
		try {
			ctx.fireChannelRead(msg);
		}
		finally {
			end(begun);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Http2Exception {
		boolean begun = begin(ctx);
		ctx.fireChannelWritabilityChanged();
		end(begun);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Http2Exception {
		boolean begun = !(event instanceof Http2FrameStreamEvent) && begin(ctx);
		ctx.fireUserEventTriggered(event);
		end(begun);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Http2Exception {
		boolean begun = begin(ctx);
		ctx.fireExceptionCaught(cause);
		end(begun);
	}

	private boolean begin(ChannelHandlerContext ctx) throws Http2Exception {
		Http2FrameStream present = this.messages.isAnyOpen() ? standIn(ctx) : null;
		if (present != null) {
			this.depth++;
			this.messages.standIn(present);
		}
		return present != null;
	}

	private void end(boolean begun) throws Http2Exception {
		if (begun && --this.depth == 0) {
			this.messages.standIn(null);
		}
	}

	private @Nullable Http2FrameStream standIn(ChannelHandlerContext ctx) {
		if (this.standIn == null) {
			// At once, as this is its event loop, or not at all on a closed connection.
			Http2StreamChannel unused = new Http2StreamChannelBootstrap(ctx.channel()).handler(new Silent())
				.open()
				.getNow();
			this.standIn = (unused != null) ? unused.stream() : null;
		}
		return this.standIn;
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
