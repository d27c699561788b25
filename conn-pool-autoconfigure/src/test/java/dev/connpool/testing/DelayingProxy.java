package dev.connpool.testing;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * A long way to a server: every byte arrives later by the same time, in either direction,
 * however many there are.
 */
public final class DelayingProxy implements ObservedServer {

	/** What may be under way in one direction; far more than any window under test. */
	private static final int CAPACITY = 64 << 20;

	private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final ConnectionCount connections = new ConnectionCount();

	private final Origin target;

	private final long delay;

	private final Channel listening;

	private DelayingProxy(Origin target, Duration delay) {
		this.target = target;
		this.delay = delay.toNanos();
		this.listening = new ServerBootstrap().group(this.eventLoops)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel accepted) {
					connect(accepted);
				}

			})
			.bind(HOST, 0)
			.syncUninterruptibly()
			.channel();
	}

	/** Stand in front of a server, half of the round trip away from it. */
	public static DelayingProxy start(Network network, Origin target, Duration roundTrip) {
		return network.add(new DelayingProxy(target, roundTrip.dividedBy(2)));
	}

	private void connect(Channel accepted) {
		this.connections.opened();
		accepted.closeFuture().addListener((closed) -> this.connections.closed());
		accepted.config().setAutoRead(false);
		new Bootstrap().group(accepted.eventLoop())
			.channel(NioSocketChannel.class)
			.handler(new Direction(accepted))
			.connect(HOST, this.target.port())
			.addListener((connected) -> {
				if (connected.isSuccess()) {
					Channel server = ((ChannelFuture) connected).channel();
					accepted.pipeline().addLast(new Direction(server));
					accepted.config().setAutoRead(true);
				}
				else {
					accepted.close();
				}
			});
	}

	@Override
	public String scheme() {
		return this.target.scheme();
	}

	@Override
	public int port() {
		return ((InetSocketAddress) this.listening.localAddress()).getPort();
	}

	@Override
	public ConnectionCount connections() {
		return this.connections;
	}

	@Override
	public void close() {
		this.eventLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
	}

	/**
	 * What is read here is written to the other side, later.
	 */
	private final class Direction extends ChannelInboundHandlerAdapter {

		private final Channel to;

		private int underWay;

		Direction(Channel to) {
			this.to = to;
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			int size = ((ByteBuf) msg).readableBytes();
			this.underWay += size;
			if (this.underWay >= CAPACITY) {
				ctx.channel().config().setAutoRead(false);
			}
			later(ctx, () -> write(ctx, msg, size));
		}

		private void write(ChannelHandlerContext ctx, Object msg, int size) {
			if (!this.to.isActive()) {
				ReferenceCountUtil.release(msg);
				return;
			}
			this.to.writeAndFlush(msg).addListener((written) -> {
				this.underWay -= size;
				if (this.underWay < CAPACITY) {
					ctx.channel().config().setAutoRead(true);
				}
			});
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			later(ctx, this.to::close);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			ctx.close();
		}

		private void later(ChannelHandlerContext ctx, Runnable task) {
			ctx.executor().schedule(task, DelayingProxy.this.delay, TimeUnit.NANOSECONDS);
		}

	}

}
