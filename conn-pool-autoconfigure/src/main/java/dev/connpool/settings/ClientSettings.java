package dev.connpool.settings;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Everything one client is told to be.
 *
 * @param baseUrl what relative URLs are resolved against, or {@code null}
 * @param protocols the protocols to speak, in the order of preference
 * @param transport what sends the requests of a {@code WebClient}
 * @param userAgent the {@code User-Agent} of requests that state none, or empty
 * @param pool the connection limits
 * @param timeouts the deadlines
 * @param tcp the socket options
 * @param http2 the HTTP/2 settings
 * @param discard what is done with responses that are no longer read
 * @param replay when requests are sent again
 * @param dns what is done about names whose addresses change
 * @param proxy how the proxy for a host is found
 * @param sslBundle the name of the SSL bundle, or {@code null} for the JDK's trust store
 * @param compression whether compressed responses are asked for and decompressed
 * @param maxResponseHeaderSize most bytes of response headers accepted
 * @param logExchanges whether one line is logged for each exchange
 * @param leaks when a response that nobody reads is reported
 * @param findings what is looked for in the client
 * @param endpoint what the endpoint remembers of the client
 * @param hosts what differs for some hosts, by authority in lower case, such as
 * {@code orders.example.com:8443} or, for all ports, {@code orders.example.com}
 */
public record ClientSettings(@Nullable URI baseUrl, List<Protocol> protocols, Transport transport, String userAgent,
		PoolSettings pool, TimeoutSettings timeouts, TcpSettings tcp, Http2Settings http2, DiscardSettings discard,
		ReplaySettings replay, DnsSettings dns, ProxySettings proxy, @Nullable String sslBundle, boolean compression,
		int maxResponseHeaderSize, boolean logExchanges, LeakSettings leaks, FindingSettings findings,
		EndpointSettings endpoint, Map<String, HostSettings> hosts) {

	/**
	 * The scheme of base URLs that name a service instead of a host.
	 */
	public static final String LOAD_BALANCED = "lb";

	/**
	 * What a client gets when nothing is configured.
	 */
	public static final ClientSettings DEFAULTS = new ClientSettings(null, List.of(Protocol.H2, Protocol.HTTP_1_1),
			Transport.AUTO, UserAgent.standard(), PoolSettings.DEFAULTS, TimeoutSettings.DEFAULTS, TcpSettings.DEFAULTS,
			Http2Settings.DEFAULTS, DiscardSettings.DEFAULTS, ReplaySettings.DEFAULTS, DnsSettings.DEFAULTS,
			ProxySettings.DEFAULTS, null, true, 64 * 1024, false, LeakSettings.DEFAULTS, FindingSettings.DEFAULTS,
			EndpointSettings.DEFAULTS, Map.of());

	public ClientSettings {
		protocols = List.copyOf(protocols);
		hosts = Map.copyOf(hosts);
		UserAgent.check(userAgent);
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
		boolean secure = !scheme.equals("http");
		if (protocols.stream().noneMatch((protocol) -> protocol.isSpokenOver(secure))) {
			throw new InvalidSettingException("protocols",
					protocols.stream().map(Protocol::id).collect(Collectors.joining(", ")),
					!secure ? "cannot be spoken to '%s': 'h2' needs https; add 'http/1.1', or use 'h2c'"
						.formatted(Shown.value(baseUrl))
							: "cannot be spoken to '%s': 'h2c' needs http; use 'h2'".formatted(Shown.value(baseUrl)));
		}
	}

	/**
	 * Change settings, all at once because some of them depend on each other.
	 * @param changes makes the changes
	 * @return the changed settings
	 */
	public ClientSettings with(Consumer<Builder> changes) {
		Builder builder = new Builder(this);
		changes.accept(builder);
		return builder.build();
	}

	/**
	 * Return the settings for one host.
	 * @param host the host name
	 * @param port the port
	 * @return what was set for {@code host:port}, else for {@code host}, else for the
	 * client
	 */
	public HostSettings host(String host, int port) {
		String name = HostSettings.name(host);
		HostSettings exact = this.hosts.get(name + ":" + port);
		HostSettings settings = (exact != null) ? exact : this.hosts.get(name);
		return (settings != null) ? settings : HostSettings.of(this);
	}

	/**
	 * Return the full name of a property of a client, as it is written in
	 * {@code application.yml}.
	 * @param client the client name
	 * @param setting the name of the setting, relative to the client
	 * @return the property name
	 */
	public static String property(String client, String setting) {
		return client.equals("default") ? "conn-pool." + setting : "conn-pool.clients." + client + "." + setting;
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

	/**
	 * Settings while they are changed.
	 */
	public static final class Builder {

		private @Nullable URI baseUrl;

		private List<Protocol> protocols;

		private Transport transport;

		private String userAgent;

		private PoolSettings pool;

		private TimeoutSettings timeouts;

		private TcpSettings tcp;

		private Http2Settings http2;

		private DiscardSettings discard;

		private ReplaySettings replay;

		private DnsSettings dns;

		private ProxySettings proxy;

		private @Nullable String sslBundle;

		private boolean compression;

		private int maxResponseHeaderSize;

		private boolean logExchanges;

		private LeakSettings leaks;

		private FindingSettings findings;

		private EndpointSettings endpoint;

		private Map<String, HostSettings> hosts;

		private Builder(ClientSettings from) {
			this.baseUrl = from.baseUrl;
			this.protocols = from.protocols;
			this.transport = from.transport;
			this.userAgent = from.userAgent;
			this.pool = from.pool;
			this.timeouts = from.timeouts;
			this.tcp = from.tcp;
			this.http2 = from.http2;
			this.discard = from.discard;
			this.replay = from.replay;
			this.dns = from.dns;
			this.proxy = from.proxy;
			this.sslBundle = from.sslBundle;
			this.compression = from.compression;
			this.maxResponseHeaderSize = from.maxResponseHeaderSize;
			this.logExchanges = from.logExchanges;
			this.leaks = from.leaks;
			this.findings = from.findings;
			this.endpoint = from.endpoint;
			this.hosts = from.hosts;
		}

		public Builder baseUrl(@Nullable URI baseUrl) {
			this.baseUrl = baseUrl;
			return this;
		}

		public Builder protocols(List<Protocol> protocols) {
			this.protocols = protocols;
			return this;
		}

		public Builder transport(Transport transport) {
			this.transport = transport;
			return this;
		}

		public Builder userAgent(String userAgent) {
			this.userAgent = userAgent;
			return this;
		}

		public Builder pool(PoolSettings pool) {
			this.pool = pool;
			return this;
		}

		public Builder timeouts(TimeoutSettings timeouts) {
			this.timeouts = timeouts;
			return this;
		}

		public Builder tcp(TcpSettings tcp) {
			this.tcp = tcp;
			return this;
		}

		public Builder http2(Http2Settings http2) {
			this.http2 = http2;
			return this;
		}

		public Builder discard(DiscardSettings discard) {
			this.discard = discard;
			return this;
		}

		public Builder replay(ReplaySettings replay) {
			this.replay = replay;
			return this;
		}

		public Builder dns(DnsSettings dns) {
			this.dns = dns;
			return this;
		}

		public Builder proxy(ProxySettings proxy) {
			this.proxy = proxy;
			return this;
		}

		public Builder sslBundle(@Nullable String sslBundle) {
			this.sslBundle = sslBundle;
			return this;
		}

		public Builder compression(boolean compression) {
			this.compression = compression;
			return this;
		}

		public Builder maxResponseHeaderSize(int maxResponseHeaderSize) {
			this.maxResponseHeaderSize = maxResponseHeaderSize;
			return this;
		}

		public Builder logExchanges(boolean logExchanges) {
			this.logExchanges = logExchanges;
			return this;
		}

		public Builder leaks(LeakSettings leaks) {
			this.leaks = leaks;
			return this;
		}

		public Builder findings(FindingSettings findings) {
			this.findings = findings;
			return this;
		}

		public Builder endpoint(EndpointSettings endpoint) {
			this.endpoint = endpoint;
			return this;
		}

		public Builder hosts(Map<String, HostSettings> hosts) {
			this.hosts = hosts;
			return this;
		}

		private ClientSettings build() {
			return new ClientSettings(this.baseUrl, this.protocols, this.transport, this.userAgent, this.pool,
					this.timeouts, this.tcp, this.http2, this.discard, this.replay, this.dns, this.proxy,
					this.sslBundle, this.compression, this.maxResponseHeaderSize, this.logExchanges, this.leaks,
					this.findings, this.endpoint, this.hosts);
		}

	}

}
