package dev.connpool.pool;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Notes that an HTTP/1.1 response has begun to arrive, which its decoder does not tell
 * before it has seen the whole header.
 */
final class FirstByteHandler extends ChannelInboundHandlerAdapter {

	static final String NAME = "connpool.first-byte";

	private final PooledConnection connection;

	FirstByteHandler(PooledConnection connection) {
		this.connection = connection;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		Exchange exchange = this.connection.current();
		if (exchange != null) {
			exchange.progress().heard();
		}
		ctx.fireChannelRead(msg);
	}

}
