package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.tcp.SslProvider;

/**
 * Which connections are alike: those to the same host, secured and configured in the same
 * way.
 *
 * @param secure whether TLS is used
 * @param address the address, not yet resolved
 * @param channelHash Reactor Netty's hash of everything that shapes a channel
 * @param generation the generation of the TLS context, or 0 if it is never reloaded
 */
record HostKey(boolean secure, SocketAddress address, int channelHash, int generation) {

	static HostKey of(HttpClientConfig config, SocketAddress address) {
		SslProvider tls = config.sslProvider();
		return new HostKey(tls != null, address, config.channelHash(),
				(tls != null && tls.getSslContext() instanceof ReloadableSslContext context) ? context.generation()
						: 0);
	}

	String origin() {
		if (!(this.address instanceof InetSocketAddress inet)) {
			return this.address.toString();
		}
		String host = inet.getHostString();
		return "%s://%s:%d".formatted(this.secure ? "https" : "http", (host.indexOf(':') < 0) ? host : "[" + host + "]",
				inet.getPort());
	}

}
