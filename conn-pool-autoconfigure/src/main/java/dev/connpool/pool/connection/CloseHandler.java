package dev.connpool.pool.connection;

import javax.net.ssl.SSLException;

import dev.connpool.pool.host.CloseReason;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslCloseCompletionEvent;

/**
 * Notes who ends a connection. Whatever closes it on this side passes here, be it Reactor
 * Netty, a caller or a codec, before TLS sends its close_notify; what the server does,
 * does not.
 */
public final class CloseHandler extends ChannelDuplexHandler {

	/** The name of the handler. */
	public static final String NAME = "connpool.close";

	private final PooledConnection connection;

	public CloseHandler(PooledConnection connection) {
		this.connection = connection;
	}

	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		if (ctx.channel().isActive()) {
			this.connection.closing(isBroken(ctx) ? CloseReason.PEER_RESET : CloseReason.CANCELLED);
		}
		ctx.close(promise);
	}

	private static boolean isBroken(ChannelHandlerContext ctx) {
		SocketHandler socket = ctx.pipeline().get(SocketHandler.class);
		return socket != null && socket.isReset();
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
			// This side closes now, but it is the server that wants it.
			this.connection.end().note(CloseReason.PEER_CLOSED);
		}
		ctx.fireUserEventTriggered(event);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof SSLException || cause.getCause() instanceof SSLException) {
			this.connection.end().note(CloseReason.TLS_ERROR);
		}
		ctx.fireExceptionCaught(cause);
	}

}
