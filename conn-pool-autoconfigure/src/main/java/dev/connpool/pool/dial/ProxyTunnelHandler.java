package dev.connpool.pool.dial;

import java.net.SocketAddress;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.settings.Proxy;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.proxy.ProxyConnectionEvent;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.proxy.Socks4ProxyHandler;
import io.netty.handler.proxy.Socks5ProxyHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Has a proxy open a tunnel to the host, which the proxy looks up. TLS, or whatever comes
 * first, begins when the tunnel is there.
 */
final class ProxyTunnelHandler extends ChannelDuplexHandler {

	private final Dial dial;

	private final PooledConnection connection;

	private final Proxy proxy;

	private boolean open;

	ProxyTunnelHandler(Dial dial, PooledConnection connection, Proxy proxy) {
		this.dial = dial;
		this.connection = connection;
		this.proxy = proxy;
	}

	@Override
	public void connect(ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
		ProxyHandler handler = handler(remote);
		// The dial has its own deadline.
		handler.setConnectTimeoutMillis(0);
		ctx.pipeline().addBefore(ctx.name(), null, handler);
		ctx.connect(this.connection.host().address(), local, promise);
	}

	private ProxyHandler handler(SocketAddress address) {
		Proxy.Credentials credentials = this.proxy.credentials();
		return switch (this.proxy.type()) {
			case HTTP -> new HttpConnectHandler(address, credentials);
			case SOCKS4 -> new Socks4ProxyHandler(address, username(credentials));
			case SOCKS5 -> new Socks5ProxyHandler(address, username(credentials),
					(credentials != null) ? credentials.password() : null);
		};
	}

	private static @Nullable String username(Proxy.@Nullable Credentials credentials) {
		return (credentials != null) ? credentials.username() : null;
	}

	@Override
	public void channelActive(ChannelHandlerContext ctx) {
		// Told when the tunnel is open.
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof ProxyConnectionEvent) {
			this.open = true;
			this.dial.connected(this.connection);
			ctx.fireChannelActive();
		}
		else {
			ctx.fireUserEventTriggered(event);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object message) {
		if (this.open) {
			ctx.fireChannelRead(message);
		}
		else {
			// The rest of a refusal.
			ReferenceCountUtil.release(message);
		}
	}

}
