package dev.connpool.autoconfigure.binding;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.InvalidSettingException;
import dev.connpool.settings.LeakSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.Shown;
import dev.connpool.settings.Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What can be written for one client.
 *
 * @param baseUrl URL that relative URLs of WebClient beans and HTTP services are resolved
 * against. With Spring Cloud LoadBalancer also lb://service.
 * @param protocols Protocols to speak, in the order of preference.
 * @param transport What sends the requests of WebClients: the pool itself where nobody
 * has changed the Reactor Netty client, always the pool itself, or always Reactor Netty.
 * @param userAgent User-Agent of requests that state none, by default that of conn-pool
 * with its version. Empty sends none.
 * @param pool Connection limits.
 * @param timeouts Deadlines.
 * @param tcp Socket options.
 * @param http2 HTTP/2 settings.
 * @param discard Responses that are no longer read.
 * @param replay When to send a request again.
 * @param dns Names whose addresses change.
 * @param proxy How to find the proxy for a host.
 * @param ssl TLS settings.
 * @param compression Whether to ask for compressed responses and decompress them.
 * @param maxResponseHeaderSize Maximum size of the headers of a response, whatever the
 * protocol.
 * @param logging Logging settings.
 * @param leakDetectionThreshold Time for which nobody reads a response that was begun
 * before that is reported. 0 means not to look for it.
 * @param leakReclaimThreshold Time for which nobody reads a response that was begun
 * before its connection is closed, or its HTTP/2 stream reset. 0 means never.
 * @param findings What to look for in clients.
 * @param endpoint What the endpoint remembers of clients.
 * @param hosts Settings that differ for single hosts, by a name of your choice.
 */
record ClientProperties(@Nullable String baseUrl, @Nullable List<String> protocols, @Nullable Transport transport,
		@Nullable String userAgent, @NestedConfigurationProperty @DefaultValue PoolProperties pool,
		@NestedConfigurationProperty @DefaultValue TimeoutProperties timeouts,
		@NestedConfigurationProperty @DefaultValue TcpProperties tcp,
		@NestedConfigurationProperty @DefaultValue Http2Properties http2,
		@NestedConfigurationProperty @DefaultValue DiscardProperties discard,
		@NestedConfigurationProperty @DefaultValue ReplayProperties replay,
		@NestedConfigurationProperty @DefaultValue DnsProperties dns,
		@NestedConfigurationProperty @DefaultValue ProxyProperties proxy,
		@NestedConfigurationProperty @DefaultValue SslProperties ssl, @Nullable Boolean compression,
		@Nullable DataSize maxResponseHeaderSize, @NestedConfigurationProperty @DefaultValue LoggingProperties logging,
		@Nullable Duration leakDetectionThreshold, @Nullable Duration leakReclaimThreshold,
		@NestedConfigurationProperty @DefaultValue FindingProperties findings,
		@NestedConfigurationProperty @DefaultValue EndpointProperties endpoint,
		@DefaultValue Map<String, HostProperties> hosts) {

	/**
	 * Merge everything but the hosts, which come last because they inherit from the
	 * client's final settings.
	 * @param base the settings to fall back on
	 * @return the merged settings
	 */
	ClientSettings over(ClientSettings base) {
		return base
			.with((client) -> client.baseUrl((this.baseUrl != null) ? uri("base-url", this.baseUrl) : base.baseUrl())
				.protocols((this.protocols != null) ? Protocol.parse(this.protocols) : base.protocols())
				.transport(Absent.or(this.transport, base.transport()))
				.userAgent(Absent.or(this.userAgent, base.userAgent()))
				.pool(this.pool.over(base.pool()))
				.timeouts(this.timeouts.over(base.timeouts()))
				.tcp(this.tcp.over(base.tcp()))
				.http2(this.http2.over(base.http2()))
				.discard(this.discard.over(base.discard()))
				.replay(this.replay.over(base.replay()))
				.dns(this.dns.over(base.dns()))
				.proxy(this.proxy.over(base.proxy()))
				.sslBundle((this.ssl.bundle() != null) ? this.ssl.bundle() : base.sslBundle())
				.compression(Absent.or(this.compression, base.compression()))
				.maxResponseHeaderSize(
						Absent.or("max-response-header-size", this.maxResponseHeaderSize, base.maxResponseHeaderSize()))
				.logExchanges(Absent.or(this.logging.exchange(), base.logExchanges()))
				.leaks(leaksOver(base.leaks()))
				.findings(this.findings.over(base.findings()))
				.endpoint(this.endpoint.over(base.endpoint())));
	}

	private LeakSettings leaksOver(LeakSettings base) {
		return new LeakSettings(Absent.or(this.leakDetectionThreshold, base.detectionThreshold()),
				Absent.or(this.leakReclaimThreshold, base.reclaimThreshold()));
	}

	/**
	 * Merge the hosts.
	 * @param prefix what the names of the properties of the client start with
	 * @param base the settings to fall back on, complete but for these hosts
	 * @return the merged settings
	 */
	ClientSettings hostsOver(String prefix, ClientSettings base) {
		Map<String, HostSettings> merged = new LinkedHashMap<>(base.hosts());
		Map<String, String> aliases = new LinkedHashMap<>();
		this.hosts.forEach((alias, host) -> {
			String authority = host.authority(alias);
			String other = aliases.put(authority, alias);
			if (other != null) {
				throw new InvalidSettingException(HostProperties.name(alias, "authority"), Shown.host(authority),
						"must differ from '%s'".formatted(Shown.name(HostProperties.name(other, "authority"))));
			}
			HostSettings inherited = merged.getOrDefault(authority, HostSettings.of(base));
			merged.put(authority, host.over(prefix, alias, inherited));
		});
		return base.with((client) -> client.hosts(merged));
	}

	private static URI uri(String setting, String value) {
		try {
			return new URI(value.strip());
		}
		catch (URISyntaxException ex) {
			throw new InvalidSettingException(setting, Shown.url(value),
					"must be a URL, as in 'https://orders.example.com': %s".formatted(ex.getReason()));
		}
	}

}
