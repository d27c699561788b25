package dev.connpool.settings;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Everything one client is told to be.
 *
 * @param baseUrl what relative URLs are resolved against, or {@code null}
 * @param protocols the protocols to speak, in the order of preference
 * @param pool the connection limits
 * @param timeouts the deadlines
 * @param tcp the socket options
 * @param http2 the HTTP/2 settings
 * @param drain what is done with responses that are no longer read
 * @param replay when requests are sent again
 * @param dns what is done about names whose addresses change
 * @param proxy how the proxy for a host is found
 * @param compression whether compressed responses are asked for and decompressed
 * @param maxResponseHeaderSize most bytes of response headers accepted
 * @param sslBundle the name of the SSL bundle, or {@code null} for the JDK's trust store
 * @param logExchanges whether one line is logged for each exchange
 * @param leaks when a response that nobody reads is reported
 * @param findings what is looked for in the client
 * @param hosts what differs for some hosts, by authority in lower case, such as
 * {@code orders.example.com:8443} or, for all ports, {@code orders.example.com}
 */
public record ClientSettings(@Nullable URI baseUrl, List<Protocol> protocols, PoolSettings pool,
		TimeoutSettings timeouts, TcpSettings tcp, Http2Settings http2, DrainSettings drain, ReplaySettings replay,
		DnsSettings dns, ProxySettings proxy, boolean compression, int maxResponseHeaderSize,
		@Nullable String sslBundle, boolean logExchanges, LeakSettings leaks, FindingSettings findings,
		Map<String, HostSettings> hosts) {

	/**
	 * The scheme of base URLs that name a service instead of a host.
	 */
	public static final String LOAD_BALANCED = "lb";

	/**
	 * What a client gets when nothing is configured.
	 */
	public static final ClientSettings DEFAULTS = new ClientSettings(null, List.of(Protocol.H2, Protocol.HTTP_1_1),
			PoolSettings.DEFAULTS, TimeoutSettings.DEFAULTS, TcpSettings.DEFAULTS, Http2Settings.DEFAULTS,
			DrainSettings.DEFAULTS, ReplaySettings.DEFAULTS, DnsSettings.DEFAULTS, ProxySettings.DEFAULTS, true,
			64 * 1024, null, false, LeakSettings.DEFAULTS, FindingSettings.DEFAULTS, Map.of());

	public ClientSettings {
		protocols = List.copyOf(protocols);
		hosts = Map.copyOf(hosts);
		Require.atLeast("max-response-header-size", maxResponseHeaderSize, 1, "");
		if (baseUrl != null) {
			checkBaseUrl(baseUrl, protocols);
		}
	}

	private static void checkBaseUrl(URI baseUrl, List<Protocol> protocols) {
		String scheme = Objects.requireNonNullElse(baseUrl.getScheme(), "").toLowerCase(Locale.ROOT);
		if (!List.of("http", "https", LOAD_BALANCED).contains(scheme)) {
			throw new InvalidSettingException("base-url", Shown.url(baseUrl.toString()),
					"must start with 'http://' or 'https://'");
		}
		if (baseUrl.getHost() == null) {
			throw new InvalidSettingException("base-url", baseUrl,
					"must name a host, as in '%s://orders.example.com'".formatted(scheme));
		}
		if (baseUrl.getPort() == 0 || baseUrl.getPort() > HostAndPort.MAX_PORT) {
			throw new InvalidSettingException("base-url", baseUrl,
					"must name a port from 1 to 65535, or none, as in '%s://orders.example.com:8443'"
						.formatted(scheme));
		}
		if (scheme.equals(LOAD_BALANCED)) {
			return;
		}
		Protocol useless = scheme.equals("http") ? Protocol.H2 : Protocol.H2C;
		if (protocols.equals(List.of(useless))) {
			throw new InvalidSettingException("protocols", useless.id(),
					scheme.equals("http")
							? "cannot be spoken to '%s': 'h2' needs https; add 'http/1.1', or use 'h2c'"
								.formatted(Shown.value(baseUrl))
							: "cannot be spoken to '%s': 'h2c' needs http; use 'h2'".formatted(Shown.value(baseUrl)));
		}
	}

	/**
	 * Return the settings for one host.
	 * @param host the host name
	 * @param port the port
	 * @return what was set for {@code host:port}, else for {@code host}, else for the
	 * client
	 */
	public HostSettings host(String host, int port) {
		String name = host.toLowerCase(Locale.ROOT);
		HostSettings exact = this.hosts.get(name + ":" + port);
		HostSettings settings = (exact != null) ? exact : this.hosts.get(name);
		return (settings != null) ? settings : new HostSettings(this.pool, this.http2);
	}

	/**
	 * Return the settings as they may be shown.
	 * @return those that are most asked for, without what may be secret
	 */
	@Override
	public String toString() {
		return "ClientSettings[baseUrl=%s, protocols=%s, pool=%s, timeouts=%s, proxy=%s, hosts=%s]"
			.formatted(Shown.value(this.baseUrl), this.protocols, this.pool, this.timeouts, this.proxy, this.hosts);
	}

}
