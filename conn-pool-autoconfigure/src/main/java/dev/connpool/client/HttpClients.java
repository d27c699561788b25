package dev.connpool.client;

import java.time.Duration;

import dev.connpool.pool.ConnectionPool;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.TcpSettings;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.ssl.SslContext;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import reactor.netty.ReactorNetty;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

/**
 * Turns settings into Reactor Netty's {@link HttpClient}.
 */
final class HttpClients {

	private static final boolean NATIVE = Boolean.parseBoolean(System.getProperty(ReactorNetty.NATIVE, "true"))
			&& LoopResources.hasNativeSupport();

	private HttpClients() {
	}

	static HttpClient create(ConnectionPool pool, ClientSettings settings, SslContext tls, LoopResources loops) {
		HttpClient client = HttpClient.create(pool)
			.runOn(loops)
			// The pool keeps the deadline, for all addresses of a host together.
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
			// The pool speaks HTTP/2 where it is negotiated; Reactor Netty need not know.
			.protocol(HttpProtocol.HTTP11)
			// So it does for the handshake.
			.secure((spec) -> spec.sslContext(tls).handshakeTimeout(Duration.ZERO))
			.compress(settings.compression())
			.httpResponseDecoder((decoder) -> decoder.maxHeaderSize(settings.maxResponseHeaderSize()))
			// The pool decides what is sent again.
			.disableRetry(true)
			.mapConnect(pool::scoped);
		return tcp(client, settings.tcp());
	}

	private static HttpClient tcp(HttpClient client, TcpSettings tcp) {
		HttpClient configured = client.option(ChannelOption.TCP_NODELAY, tcp.noDelay())
			.option(ChannelOption.SO_KEEPALIVE, tcp.keepAlive());
		ChannelOption<Integer> keepIdle = keepIdle();
		return (tcp.keepAlive() && keepIdle != null)
				? configured.option(keepIdle, Math.toIntExact(tcp.keepAliveIdle().toSeconds())) : configured;
	}

	private static @Nullable ChannelOption<Integer> keepIdle() {
		if (!NATIVE) {
			return NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);
		}
		// The other native transports have no such option.
		return usesEpoll() ? EpollChannelOption.TCP_KEEPIDLE : null;
	}

	private static boolean usesEpoll() {
		try {
			return Epoll.isAvailable();
		}
		catch (NoClassDefFoundError ex) {
			return false;
		}
	}

}
