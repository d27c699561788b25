package dev.connpool.pool;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;

/**
 * Turns the buffers that Reactor Netty writes into DATA frames.
 */
@Sharable
final class StreamBridge extends ChannelOutboundHandlerAdapter {

	static final StreamBridge INSTANCE = new StreamBridge();

	private StreamBridge() {
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		ctx.write((msg instanceof ByteBuf buffer) ? new DefaultHttp2DataFrame(buffer, false) : msg, promise);
	}

}
