package dev.connpool.pool;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * Counts the bytes of a connection at the socket, those of TLS included.
 */
final class WireHandler extends ChannelDuplexHandler {

	private final ConnectionRecord record;

	WireHandler(ConnectionRecord record) {
		this.record = record;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof ByteBuf buffer) {
			this.record.received(buffer.readableBytes());
		}
		ctx.fireChannelRead(msg);
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof ByteBuf buffer) {
			this.record.sent(buffer.readableBytes());
		}
		ctx.write(msg, promise);
	}

}
