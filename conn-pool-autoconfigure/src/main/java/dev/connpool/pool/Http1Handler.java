package dev.connpool.pool;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Follows the exchanges on an HTTP/1.1 connection.
 */
final class Http1Handler extends ChannelDuplexHandler {

	static final String NAME = "connpool.http1";

	private final PooledConnection connection;

	private boolean interim;

	Http1Handler(PooledConnection connection) {
		this.connection = connection;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		Exchange exchange = this.connection.current();
		if (exchange == null) {
			// An answer to nothing could be taken for the answer to the next request.
			ReferenceCountUtil.release(msg);
			this.connection.close(CloseReason.PROTOCOL_ERROR);
			return;
		}
		if (msg instanceof HttpResponse response) {
			this.interim = isInterim(response);
			obey(response);
		}
		if (this.interim) {
			ReferenceCountUtil.release(msg);
			if (msg instanceof LastHttpContent) {
				ctx.read();
			}
			return;
		}
		if (msg instanceof LastHttpContent) {
			exchange.answered();
			this.connection.releaseEarly();
		}
		exchange.received(msg);
		ctx.fireChannelRead(msg);
	}

	private void obey(HttpResponse response) {
		long idleTimeout = KeepAliveHeader.idleTimeout(response.headers());
		if (idleTimeout != KeepAliveHeader.UNKNOWN) {
			this.connection.idleAtMost(idleTimeout);
		}
	}

	/**
	 * Tell whether another response follows (RFC 9110, section 15.2). Reactor Netty knows
	 * that of 100 only and would take any other for the final one.
	 * @param response the head of a response
	 * @return whether it is for nobody
	 */
	static boolean isInterim(HttpResponse response) {
		int code = response.status().code();
		return HttpStatusClass.INFORMATIONAL.contains(code) && code != 101;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		Exchange exchange = this.connection.current();
		if (exchange != null) {
			exchange.sent(msg);
		}
		ctx.write(msg, promise);
	}

}
