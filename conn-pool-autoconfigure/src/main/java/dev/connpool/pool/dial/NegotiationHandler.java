package dev.connpool.pool.dial;

import java.net.ConnectException;
import java.net.SocketAddress;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.settings.Protocol;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * Waits until a new channel is connected and secured, and then has it speak the protocol
 * that was negotiated. Reactor Netty has prepared it for HTTP/1.1.
 */
final class NegotiationHandler extends ChannelDuplexHandler {

	static final String NAME = "connpool.protocol";

	private final Dial dial;

	private final PooledConnection connection;

	NegotiationHandler(Dial dial, PooledConnection connection) {
		this.dial = dial;
		this.connection = connection;
	}

	@Override
	public void connect(ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
		if (!this.dial.tries(this.connection, remote)) {
			promise.setFailure(new TriedException());
			return;
		}
		promise.addListener((connected) -> {
			if (!connected.isSuccess()) {
				this.dial.notConnected(connected.cause());
			}
		});
		ctx.connect(remote, local, promise);
	}

	@Override
	public void channelActive(ChannelHandlerContext ctx) throws Exception {
		if (!this.dial.wins(this.connection)) {
			ctx.close();
			return;
		}
		Protocol protocol = this.dial.negotiated(alpn(ctx.pipeline()));
		if (protocol == null) {
			return;
		}
		this.connection.negotiated(this.dial.sessionFactory(protocol).install(this.connection, ctx));
		// An idle connection has to notice that the server closes it.
		ctx.channel().config().setAutoRead(true);
		ctx.pipeline().remove(this);
		this.dial.succeeded(this.connection, protocol);
	}

	private static @Nullable String alpn(ChannelPipeline pipeline) {
		SslHandler tls = pipeline.get(SslHandler.class);
		return (tls != null) ? tls.applicationProtocol() : null;
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.dial.closed(this.connection);
		ctx.fireChannelInactive();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.dial.failed(this.connection, cause);
	}

	/**
	 * Ends the attempt to connect to an address that was tried before.
	 */
	private static final class TriedException extends ConnectException {

		@Override
		public Throwable fillInStackTrace() {
			return this;
		}

	}

}
