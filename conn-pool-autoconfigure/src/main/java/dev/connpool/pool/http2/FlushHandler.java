package dev.connpool.pool.http2;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Sends what many streams write at once: when the connection has been read, or else in
 * the next turn of the event loop. What {@link MessageStreams} has gathered itself is
 * sent when it says so.
 */
final class FlushHandler extends ChannelDuplexHandler implements Runnable {

	private @Nullable ChannelHandlerContext context;

	private boolean reading;

	private boolean gathered;

	private boolean pending;

	private boolean scheduled;

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
	}

	/**
	 * Say whether what is flushed now has been gathered already.
	 * @param all whether it has
	 */
	void gathered(boolean all) {
		this.gathered = all;
	}

	@Override
	public void flush(ChannelHandlerContext ctx) {
		this.pending = true;
		if (this.reading) {
			return;
		}
		if (this.gathered || ctx.executor().isShuttingDown()) {
			flushPending();
		}
		else if (!this.scheduled) {
			this.scheduled = true;
			ctx.executor().execute(this);
		}
	}

	@Override
	public void run() {
		this.scheduled = false;
		flushPending();
	}

	private void flushPending() {
		if (this.pending && this.context != null) {
			this.pending = false;
			this.context.flush();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		this.reading = true;
		ctx.fireChannelRead(msg);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		ctx.fireChannelReadComplete();
		this.reading = false;
		flushPending();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		if (!ctx.channel().isWritable()) {
			flushPending();
		}
		ctx.fireChannelWritabilityChanged();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.reading = false;
		flushPending();
		ctx.fireExceptionCaught(cause);
	}

	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		flushPending();
		ctx.close(promise);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		flushPending();
	}

}
