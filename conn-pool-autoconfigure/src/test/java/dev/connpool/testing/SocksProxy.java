package dev.connpool.testing;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.socksx.v5.DefaultSocks5CommandResponse;
import io.netty.handler.codec.socksx.v5.DefaultSocks5InitialResponse;
import io.netty.handler.codec.socksx.v5.DefaultSocks5PasswordAuthResponse;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequest;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequest;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5Message;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthRequest;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthStatus;
import io.netty.handler.codec.socksx.v5.Socks5ServerEncoder;

/**
 * A SOCKS5 proxy (RFC 1928) that asks for a user and a password (RFC 1929), and reaches
 * one server whatever it is asked for.
 */
public final class SocksProxy implements ObservedServer {

	/** Whom it lets pass. */
	public static final String USER = "joe";

	/** The password of that user. */
	public static final String PASSWORD = "s3cret";

	private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final ConnectionCount connections = new ConnectionCount();

	private final List<String> targets = new CopyOnWriteArrayList<>();

	private final Origin server;

	private final Channel listening;

	private SocksProxy(Origin server) {
		this.server = server;
		this.listening = new ServerBootstrap().group(this.eventLoops)
			.channel(NioServerSocketChannel.class)
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel accepted) {
					accept(accepted);
				}

			})
			.bind(HOST, 0)
			.syncUninterruptibly()
			.channel();
	}

	/** Stand in front of a server. */
	public static SocksProxy start(Network network, Origin server) {
		return network.add(new SocksProxy(server));
	}

	/** What it was asked to connect to, as {@code host:port}, in order. */
	public List<String> targets() {
		return List.copyOf(this.targets);
	}

	private void accept(Channel accepted) {
		this.connections.opened();
		accepted.closeFuture().addListener((closed) -> this.connections.closed());
		accepted.pipeline()
			.addLast(Socks5ServerEncoder.DEFAULT)
			.addLast("decoder", new Socks5InitialRequestDecoder())
			.addLast("negotiation", new Negotiation());
	}

	@Override
	public String scheme() {
		return "socks5";
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
	 * What is said before bytes are passed on.
	 */
	private final class Negotiation extends SimpleChannelInboundHandler<Socks5Message> {

		@Override
		protected void channelRead0(ChannelHandlerContext ctx, Socks5Message message) {
			if (message instanceof Socks5InitialRequest request) {
				boolean willing = request.authMethods().contains(Socks5AuthMethod.PASSWORD);
				ctx.pipeline().replace("decoder", "decoder", new Socks5PasswordAuthRequestDecoder());
				ctx.writeAndFlush(new DefaultSocks5InitialResponse(
						willing ? Socks5AuthMethod.PASSWORD : Socks5AuthMethod.UNACCEPTED));
			}
			else if (message instanceof Socks5PasswordAuthRequest request) {
				boolean known = request.username().equals(USER) && request.password().equals(PASSWORD);
				ctx.pipeline().replace("decoder", "decoder", new Socks5CommandRequestDecoder());
				ctx.writeAndFlush(new DefaultSocks5PasswordAuthResponse(
						known ? Socks5PasswordAuthStatus.SUCCESS : Socks5PasswordAuthStatus.FAILURE));
			}
			else if (message instanceof Socks5CommandRequest request) {
				SocksProxy.this.targets.add(request.dstAddr() + ":" + request.dstPort());
				connect(ctx);
			}
		}

		private void connect(ChannelHandlerContext ctx) {
			new Bootstrap().group(ctx.channel().eventLoop())
				.channel(NioSocketChannel.class)
				.handler(new Direction(ctx.channel()))
				.connect(HOST, SocksProxy.this.server.port())
				.addListener((connected) -> connected(ctx, ((ChannelFuture) connected).channel()));
		}

		private void connected(ChannelHandlerContext ctx, Channel server) {
			ctx.writeAndFlush(new DefaultSocks5CommandResponse(Socks5CommandStatus.SUCCESS, Socks5AddressType.IPv4,
					"0.0.0.0", 0));
			ctx.pipeline().addLast(new Direction(server));
			ctx.pipeline().remove("decoder");
			ctx.pipeline().remove(Socks5ServerEncoder.class);
			ctx.pipeline().remove(this);
		}

	}

	/**
	 * What is read here is written to the other side.
	 */
	private static final class Direction extends ChannelInboundHandlerAdapter {

		private final Channel to;

		Direction(Channel to) {
			this.to = to;
		}

		@Override
		public void channelRead(ChannelHandlerContext ctx, Object msg) {
			this.to.writeAndFlush(msg);
		}

		@Override
		public void channelInactive(ChannelHandlerContext ctx) {
			this.to.close();
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
			ctx.close();
		}

	}

}
