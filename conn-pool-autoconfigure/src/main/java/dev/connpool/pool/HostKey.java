package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import reactor.netty.http.client.HttpClientConfig;

/**
 * Which connections are alike: those to the same host, secured and configured in the same
 * way.
 *
 * @param secure whether TLS is used
 * @param address the address, not yet resolved
 * @param channelHash Reactor Netty's hash of everything that shapes a channel
 */
record HostKey(boolean secure, SocketAddress address, int channelHash) {

	static HostKey of(HttpClientConfig config, SocketAddress address) {
		return new HostKey(config.sslProvider() != null, address, config.channelHash());
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
