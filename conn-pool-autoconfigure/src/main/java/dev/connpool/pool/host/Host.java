package dev.connpool.pool.host;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.Http2Settings;
import dev.connpool.settings.PoolSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.Proxy;
import dev.connpool.settings.ReplaySettings;
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

	/** Longer than anybody waits. */
	private static final Duration NO_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

	public static Host of(String client, HostKey key, ClientSettings settings, @Nullable Proxy proxy) {
		HostSettings own = (key.address() instanceof InetSocketAddress inet)
				? settings.host(inet.getHostString(), inet.getPort()) : HostSettings.of(settings);
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
		return this.own.timeouts();
	}

	public ReplaySettings replay() {
		return this.own.replay();
	}

	/**
	 * Return the full name of the property that decides for this host.
	 * @param setting the name of the setting
	 * @return the property that was set for the host, else that of the client
	 */
	public String property(String setting) {
		return this.own.property(this.client, setting);
	}

	/**
	 * Return the longest silence of a response that is to be allowed. It counts the wait
	 * for the header too, for which this host may have a deadline of its own.
	 * @param configured what it was told for all hosts, or {@code null} for any
	 * @return the time to tell it, or {@code null} if that may stay
	 */
	public @Nullable Duration readTimeout(@Nullable Duration configured) {
		if (configured == null || !this.own.properties().containsKey("timeouts.response-header")) {
			return null;
		}
		Duration header = timeouts().responseHeader().isZero() ? NO_TIMEOUT : timeouts().responseHeader();
		return (header.compareTo(configured) > 0) ? header : null;
	}

	/**
	 * Return how large the head of a response may be on HTTP/2.
	 * @return the size in bytes, as SETTINGS_MAX_HEADER_LIST_SIZE counts it (RFC 9113,
	 * section 6.5.2)
	 */
	public int maxHeaderListSize() {
		int size = http2().maxHeaderListSize();
		return (size > 0) ? size : this.settings.maxResponseHeaderSize();
	}

	/**
	 * Return whether several callers may come to share one connection.
	 * @return whether a protocol may be spoken that has streams
	 */
	public boolean mayMultiplex() {
		if (this.secure) {
			return this.settings.protocols()
				.stream()
				.anyMatch((protocol) -> protocol.isMultiplexed() && protocol.isSpokenOver(true));
		}
		Protocol protocol = protocolFor(null);
		return protocol != null && protocol.isMultiplexed();
	}

	/**
	 * Return the protocol to speak on a new connection.
	 * @param alpn what TLS negotiated, or {@code null}
	 * @return the protocol, or {@code null} if the client speaks none that can be used
	 */
	public @Nullable Protocol protocolFor(@Nullable String alpn) {
		List<Protocol> protocols = this.settings.protocols();
		if (!this.secure) {
			return protocols.stream().filter((protocol) -> protocol.isSpokenOver(false)).findFirst().orElse(null);
		}
		Protocol protocol = Protocol.negotiated(alpn);
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
		return this.proxy != null && (this.secure || this.proxy.type() != Proxy.Type.HTTP || mayMultiplex());
	}

}
