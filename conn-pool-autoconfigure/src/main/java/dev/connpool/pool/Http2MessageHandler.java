package dev.connpool.pool;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Looks at the messages of one stream while they are frames (RFC 9113, section 8.1), for
 * what cannot be seen of them any more when they are HTTP objects.
 */
final class Http2MessageHandler extends ChannelDuplexHandler {

	static final String NAME = "connpool.message";

	private final ResponseFraming response = new ResponseFraming();

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof Http2HeadersFrame frame) {
			this.response.requested(frame.headers().method());
		}
		ctx.write(msg, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		try {
			if (msg instanceof Http2HeadersFrame frame) {
				this.response.headers(frame);
			}
			else if (msg instanceof Http2DataFrame frame) {
				this.response.data(frame);
			}
		}
		catch (Http2Exception ex) {
			ReferenceCountUtil.release(msg);
			ctx.fireExceptionCaught(ex);
			return;
		}
		ctx.fireChannelRead(msg);
	}

}
