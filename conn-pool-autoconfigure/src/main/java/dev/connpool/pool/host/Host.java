package dev.connpool.pool.host;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.Http2Settings;
import dev.connpool.settings.PoolSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.Proxy;
import dev.connpool.settings.TimeoutSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told about one host.
 *
 * @param client the client name
 * @param origin the host as {@code scheme://host:port}
 * @param address the address, not yet resolved
 * @param secure whether TLS is used
 * @param settings the settings of the client
 * @param own the settings for this host
 * @param proxy the proxy that it is reached through, or {@code null}
 */
public record Host(String client, String origin, SocketAddress address, boolean secure, ClientSettings settings,
		HostSettings own, @Nullable Proxy proxy) {

	public static Host of(String client, HostKey key, ClientSettings settings, @Nullable Proxy proxy) {
		HostSettings own = (key.address() instanceof InetSocketAddress inet)
				? settings.host(inet.getHostString(), inet.getPort())
				: new HostSettings(settings.pool(), settings.http2());
		return new Host(client, key.origin(), key.address(), key.secure(), settings, own, proxy);
	}

	/**
	 * Return what callers are told when something goes wrong.
	 * @return the errors, which name the host and the properties to change
	 */
	public HostErrors errors() {
		return new HostErrors(this);
	}

	public PoolSettings pool() {
		return this.own.pool();
	}

	public Http2Settings http2() {
		return this.own.http2();
	}

	public TimeoutSettings timeouts() {
		return this.settings.timeouts();
	}

	public int maxHeaderListSize() {
		int size = http2().maxHeaderListSize();
		return (size > 0) ? size : this.settings.maxResponseHeaderSize();
	}

	/**
	 * Return whether several callers may come to share one connection.
	 * @return whether HTTP/2 may be spoken
	 */
	public boolean maySpeakHttp2() {
		Protocol protocol = protocolFor(Protocol.H2.id());
		return protocol != null && protocol != Protocol.HTTP_1_1;
	}

	/**
	 * Return the protocol to speak on a new connection.
	 * @param alpn what TLS negotiated, or {@code null}
	 * @return the protocol, or {@code null} if the client speaks none that can be used
	 */
	public @Nullable Protocol protocolFor(@Nullable String alpn) {
		List<Protocol> protocols = this.settings.protocols();
		if (!this.secure) {
			return protocols.stream().filter((protocol) -> protocol != Protocol.H2).findFirst().orElse(null);
		}
		Protocol protocol = Protocol.H2.id().equals(alpn) ? Protocol.H2 : Protocol.HTTP_1_1;
		return protocols.contains(protocol) ? protocol : null;
	}

	/**
	 * Return whom to connect to.
	 * @return the address of the proxy if there is one, else that of the host, not yet
	 * resolved
	 */
	public SocketAddress target() {
		return (this.proxy != null) ? InetSocketAddress.createUnresolved(this.proxy.host(), this.proxy.port())
				: this.address;
	}

	/**
	 * Return whether the proxy is asked for a tunnel.
	 * @return whether there is a proxy that does not forward requests
	 */
	public boolean isTunnelled() {
		return this.proxy != null
				&& (this.secure || this.proxy.type() != Proxy.Type.HTTP || protocolFor(null) != Protocol.HTTP_1_1);
	}

}
