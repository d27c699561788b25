package dev.connpool.pool;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.connpool.settings.Http2Settings;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.Http2PingFrame;
import org.jspecify.annotations.Nullable;

/**
 * Asks a silent server whether it is still there (RFC 9113, section 6.7), with streams or
 * without, and closes the connection if it is not.
 */
final class LivenessHandler extends ChannelInboundHandlerAdapter {

	private final PooledConnection connection;

	private final long interval;

	private final long patience;

	private @Nullable ChannelHandlerContext context;

	private @Nullable Future<?> timer;

	private long heardAt = System.nanoTime();

	private boolean asking;

	private long pings;

	private long sentAt;

	private @Nullable Duration roundTrip;

	LivenessHandler(PooledConnection connection, Http2Settings settings) {
		this.connection = connection;
		this.interval = settings.pingInterval().toNanos();
		this.patience = settings.pingTimeout().toNanos();
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
		this.context = ctx;
		listen(ctx, this.interval);
	}

	/**
	 * Ask now.
	 */
	void probe() {
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
		if (this.timer != null) {
			this.timer.cancel(false);
		}
	}

	private void listen(ChannelHandlerContext ctx, long delay) {
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
		this.asking = true;
		this.sentAt = System.nanoTime();
		this.timer = ctx.executor()
			.schedule(() -> this.connection.close(CloseReason.PING_TIMEOUT), this.patience, TimeUnit.NANOSECONDS);
		ctx.writeAndFlush(new DefaultHttp2PingFrame(++this.pings));
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		this.heardAt = System.nanoTime();
		ctx.fireChannelReadComplete();
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof Http2PingFrame ping && ping.ack() && ping.content() == this.pings && this.asking) {
			this.asking = false;
			stop();
			Duration took = Duration.ofNanos(System.nanoTime() - this.sentAt);
			this.roundTrip = took;
			this.connection.tell((listener, told) -> listener.pingAcknowledged(told, took));
			listen(ctx, this.interval);
			Http2Session session = this.connection.http2();
			if (session != null) {
				session.alive();
			}
		}
		ctx.fireChannelRead(msg);
	}

}
