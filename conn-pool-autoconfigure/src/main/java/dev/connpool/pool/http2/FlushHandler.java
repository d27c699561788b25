package dev.connpool.pool.http2;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import org.jspecify.annotations.Nullable;

/**
 * Sends what many streams write at once: when the connection has been read, or else in
 * the next turn of the event loop. Streams that have a channel flush through the codec to
 * this, one by one; the others ask for it here, and the codec is flushed once for all of
 * them.
 */
final class FlushHandler extends ChannelDuplexHandler implements Runnable {

	private @Nullable ChannelHandlerContext context;

	private @Nullable Http2ConnectionHandler codec;

	/** The codec in its pipeline. */
	private @Nullable ChannelHandlerContext codecContext;

	/** Whether the connection is being read; the codec is told of the end before this. */
	private boolean reading;

	private boolean codecReading;

	/** Whether the codec has something to be flushed that it was not asked for. */
	private boolean codecPending;

	/** Whether the codec has flushed something. */
	private boolean pending;

	/** Whether what the codec flushes has been gathered already. */
	private boolean gathered;

	private boolean scheduled;

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.context = ctx;
	}

	/**
	 * Flush a codec when streams ask for it.
	 * @param of the codec
	 * @param ctx its place in the pipeline
	 */
	void codec(Http2ConnectionHandler of, ChannelHandlerContext ctx) {
		this.codec = of;
		this.codecContext = ctx;
	}

	/**
	 * Have the codec flushed with what else is written.
	 */
	void gather() {
		this.codecPending = true;
		if (!this.codecReading) {
			schedule();
		}
	}

	/**
	 * Note whether the codec is reading. It flushes in the end.
	 * @param now whether it is
	 */
	void codecReading(boolean now) {
		this.codecReading = now;
		if (!now && this.codecPending) {
			// It was asked for while it flushed.
			schedule();
		}
	}

	/**
	 * Note that the codec flushes.
	 */
	void codecFlushes() {
		this.codecPending = false;
	}

	@Override
	public void flush(ChannelHandlerContext ctx) {
		this.pending = true;
		if (this.gathered) {
			flushPending();
		}
		else if (!this.reading) {
			schedule();
		}
	}

	private void schedule() {
		ChannelHandlerContext ctx = this.context;
		if (this.scheduled || ctx == null) {
			return;
		}
		assert ctx.executor().inEventLoop();
		if (ctx.executor().isShuttingDown()) {
			run();
			return;
		}
		this.scheduled = true;
		ctx.executor().execute(this);
	}

	@Override
	public void run() {
		this.scheduled = false;
		if (this.codecPending && this.codec != null && this.codecContext != null) {
			this.gathered = true;
			try {
				this.codec.flush(this.codecContext);
			}
			finally {
				this.gathered = false;
			}
		}
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
