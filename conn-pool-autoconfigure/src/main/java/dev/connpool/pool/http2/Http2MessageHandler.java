package dev.connpool.pool.http2;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.host.CloseReason;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;

/**
 * Looks at the messages of one stream while they are frames (RFC 9113, section 8.1), for
 * what cannot be seen of them any more when they are HTTP objects.
 */
final class Http2MessageHandler extends ChannelDuplexHandler {

	static final String NAME = "connpool.message";

	private final Http2Session session;

	private final Lease lease;

	private final ResponseFraming response = new ResponseFraming();

	Http2MessageHandler(Http2Session session, Lease lease) {
		this.session = session;
		this.lease = lease;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof Http2HeadersFrame frame) {
			Http2Headers headers = frame.headers();
			ConnPoolException tooLarge = this.session.refusal(headers);
			if (tooLarge != null) {
				this.lease.abort(tooLarge, CloseReason.CANCELLED);
				promise.tryFailure(tooLarge);
				return;
			}
			this.response.requested(headers.method());
		}
		ctx.write(msg, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		try {
			if (msg instanceof Http2HeadersFrame frame) {
				this.response.headers(frame.stream().id(), frame.headers(), frame.isEndStream());
			}
			else if (msg instanceof Http2DataFrame frame) {
				this.response.data(frame.stream().id(), frame.content().readableBytes(), frame.isEndStream());
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
