package dev.connpool.pool;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Follows the responses on an HTTP/1.1 connection.
 */
final class Http1Handler extends ChannelInboundHandlerAdapter {

	static final String NAME = "connpool.http1";

	private final PooledConnection connection;

	private boolean interim;

	Http1Handler(PooledConnection connection) {
		this.connection = connection;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (!this.connection.inUse()) {
			// An answer to nothing could be taken for the answer to the next request.
			ReferenceCountUtil.release(msg);
			this.connection.close(CloseReason.PROTOCOL_ERROR);
			return;
		}
		if (msg instanceof HttpResponse response) {
			int code = response.status().code();
			this.interim = HttpStatusClass.INFORMATIONAL.contains(code) && code != 101;
		}
		if (msg instanceof LastHttpContent && !this.interim) {
			this.connection.finishing();
		}
		ctx.fireChannelRead(msg);
	}

}
