package dev.connpool.pool.connection;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

import dev.connpool.error.ConnPoolException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * Watches a connection at the socket, below TLS: counts its bytes and notices when it is
 * reset.
 */
public final class SocketHandler extends ChannelDuplexHandler {

	private final PooledConnection connection;

	private final ConnectionRecord record;

	/** Whether reading or writing has failed. */
	private boolean reset;

	public SocketHandler(PooledConnection connection) {
		this.connection = connection;
		this.record = connection.record();
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		ctx.channel().closeFuture().addListener((closed) -> closed(failureOfWrite(ctx)));
	}

	/**
	 * Return what a write failed of that closed the channel. Writes learn it after those
	 * who wait for the channel to close, but one that comes too late is told at once.
	 * @param ctx the channel, closed
	 * @return the failure, or {@code null} if it was not a write that closed the channel
	 */
	private static @Nullable Throwable failureOfWrite(ChannelHandlerContext ctx) {
		Throwable late = ctx.write(Unpooled.EMPTY_BUFFER).cause();
		return (late instanceof ClosedChannelException) ? late.getCause() : null;
	}

	private void closed(@Nullable Throwable failureOfWrite) {
		this.connection.closed(this.reset || failureOfWrite instanceof IOException);
	}

	/**
	 * Return whether the connection can be used no more, although it may not be closed.
	 * @return whether reading or writing has failed
	 */
	boolean isReset() {
		return this.reset;
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		if (cause instanceof IOException && !(cause instanceof ConnPoolException)) {
			this.reset = true;
		}
		ctx.fireExceptionCaught(cause);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		// Nobody here closes one direction only: a write has failed.
		if (event instanceof ChannelOutputShutdownEvent) {
			this.reset = true;
		}
		ctx.fireUserEventTriggered(event);
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
