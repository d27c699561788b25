package dev.connpool.pool.http2;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.settings.Http2Settings;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import org.jspecify.annotations.Nullable;

/**
 * Asks a silent server whether it is still there (RFC 9113, section 6.7), with streams or
 * without, and closes the connection if it is not. A server is heard when it has sent a
 * whole frame that brings an answer further: bytes of a frame that never ends are none,
 * nor are frames that any server can send without doing its work.
 */
final class PingHandler extends ChannelInboundHandlerAdapter {

	/**
	 * For how many times the patience an answer may be overdue while other frames arrive:
	 * it may be queued behind data on a slow link.
	 */
	private static final int LONGEST_QUEUE = 4;

	private final PooledConnection connection;

	private final long interval;

	private final long patience;

	private Runnable acknowledged = () -> {
	};

	private @Nullable ChannelHandlerContext context;

	private @Nullable Future<?> timer;

	private long heardAt = System.nanoTime();

	/** Whether something was heard since {@link #heardAt} was set. */
	private boolean heard;

	private boolean asking;

	private long pings;

	private long sentAt;

	private @Nullable Duration roundTrip;

	PingHandler(PooledConnection connection, Http2Settings settings) {
		this.connection = connection;
		this.interval = settings.pingInterval().toNanos();
		this.patience = settings.pingTimeout().toNanos();
	}

	/**
	 * Have something done whenever the server has answered.
	 * @param action what is done, on the event loop
	 */
	void whenAcknowledged(Runnable action) {
		assert this.connection.inEventLoop();
		this.acknowledged = action;
	}

	/**
	 * Return how long the last answer took.
	 * @return the round trip, or {@code null} if no PING was answered yet
	 */
	@Nullable Duration roundTrip() {
		return this.roundTrip;
	}

	/**
	 * Return when the server was last heard of.
	 * @return the time, in terms of {@link System#nanoTime()}
	 */
	long heardAt() {
		return this.heardAt;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		assert this.connection.inEventLoop();
		this.context = ctx;
		listen(ctx, this.interval);
	}

	/**
	 * Ask now.
	 */
	void probe() {
		assert this.connection.inEventLoop();
		ChannelHandlerContext ctx = this.context;
		if (ctx != null && !this.asking) {
			stop();
			ask(ctx);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		stop();
		ctx.fireChannelInactive();
	}

	private void stop() {
		assert this.connection.inEventLoop();
		if (this.timer != null) {
			this.timer.cancel(false);
		}
	}

	private void listen(ChannelHandlerContext ctx, long delay) {
		assert this.connection.inEventLoop();
		if (this.interval > 0) {
			this.timer = ctx.executor().schedule(() -> askIfSilent(ctx), delay, TimeUnit.NANOSECONDS);
		}
	}

	private void askIfSilent(ChannelHandlerContext ctx) {
		long left = this.heardAt + this.interval - System.nanoTime();
		if (left > 0) {
			listen(ctx, left);
		}
		else {
			ask(ctx);
		}
	}

	private void ask(ChannelHandlerContext ctx) {
		assert this.connection.inEventLoop();
		this.asking = true;
		this.sentAt = System.nanoTime();
		expect(ctx, this.patience);
		ctx.writeAndFlush(new DefaultHttp2PingFrame(++this.pings));
	}

	private void expect(ChannelHandlerContext ctx, long delay) {
		assert this.connection.inEventLoop();
		this.timer = ctx.executor().schedule(() -> closeIfSilent(ctx), delay, TimeUnit.NANOSECONDS);
	}

	private void closeIfSilent(ChannelHandlerContext ctx) {
		long now = System.nanoTime();
		long longest = this.sentAt + LONGEST_QUEUE * this.patience - now;
		long left = (this.heardAt - this.sentAt > 0) ? Math.min(longest, this.heardAt + this.patience - now) : 0;
		if (left > 0) {
			expect(ctx, left);
		}
		else {
			this.connection.close(CloseReason.PING_TIMEOUT);
		}
	}

	/**
	 * Note a frame that brings an answer further, and does not pass here.
	 */
	void frameHeard() {
		assert this.connection.inEventLoop();
		this.heard = true;
	}

	/**
	 * Tell whether a frame brings an answer further. PING, SETTINGS, WINDOW_UPDATE, empty
	 * DATA and interim responses are sent by servers that do nothing else, too.
	 * @param frame the frame
	 * @return whether it counts
	 */
	private static boolean isProgress(Object frame) {
		if (frame instanceof Http2DataFrame data) {
			return data.isEndStream() || data.content().isReadable();
		}
		if (frame instanceof Http2HeadersFrame headers) {
			return headers.isEndStream() || !isInterim(headers.headers().status());
		}
		return frame instanceof Http2ResetFrame || (frame instanceof Http2PingFrame ping && ping.ack());
	}

	private static boolean isInterim(@Nullable CharSequence status) {
		return status != null && status.length() == 3 && status.charAt(0) == '1';
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		assert this.connection.inEventLoop();
		if (this.heard) {
			this.heard = false;
			this.heardAt = System.nanoTime();
		}
		ctx.fireChannelReadComplete();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		assert this.connection.inEventLoop();
		if (!this.heard) {
			this.heard = isProgress(msg);
		}
		if (msg instanceof Http2PingFrame ping && ping.ack() && ping.content() == this.pings && this.asking) {
			this.asking = false;
			stop();
			Duration took = Duration.ofNanos(System.nanoTime() - this.sentAt);
			this.roundTrip = took;
			this.connection.events().pingAcknowledged(this.connection.info(), took);
			listen(ctx, this.interval);
			this.acknowledged.run();
		}
		ctx.fireChannelRead(msg);
	}

}
