package dev.connpool.autoconfigure.binding;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.connpool.settings.Transport;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What can be written under {@code conn-pool}. A component that is {@code null} was not
 * written.
 *
 * @param enabled Whether conn-pool provides the HTTP clients.
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
 * @param oauth2 Where tokens are fetched.
 * @param hosts Settings that differ for single hosts, by a name of your choice.
 * @param clients Named clients, which inherit everything that they do not set themselves.
 */
@ConfigurationProperties(prefix = ConnPoolProperties.PREFIX, ignoreUnknownFields = false)
record ConnPoolProperties(@DefaultValue("true") boolean enabled, @Nullable String baseUrl,
		@Nullable List<String> protocols, @Nullable Transport transport, @Nullable String userAgent,
		@NestedConfigurationProperty @DefaultValue PoolProperties pool,
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
		@NestedConfigurationProperty @DefaultValue OAuth2Properties oauth2,
		@DefaultValue Map<String, HostProperties> hosts, @DefaultValue Map<String, ClientProperties> clients) {

	static final String PREFIX = "conn-pool";

	/**
	 * Return what is written for the default client, and inherited by the others.
	 * @return the properties of the default client
	 */
	ClientProperties defaults() {
		return new ClientProperties(this.baseUrl, this.protocols, this.transport, this.userAgent, this.pool,
				this.timeouts, this.tcp, this.http2, this.discard, this.replay, this.dns, this.proxy, this.ssl,
				this.compression, this.maxResponseHeaderSize, this.logging, this.leakDetectionThreshold,
				this.leakReclaimThreshold, this.findings, this.endpoint, this.hosts);
	}

}
