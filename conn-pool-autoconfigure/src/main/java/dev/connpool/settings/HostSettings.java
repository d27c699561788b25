package dev.connpool.settings;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Map;

/**
 * What differs for one host.
 *
 * @param pool the pool settings for the host
 * @param timeouts the deadlines for the host
 * @param http2 the HTTP/2 settings for the host
 * @param replay when requests to the host are sent again
 * @param properties the full names of the properties that were set for this host, by the
 * names of their settings, such as {@code timeouts.request}; the others are inherited
 */
public record HostSettings(PoolSettings pool, TimeoutSettings timeouts, Http2Settings http2, ReplaySettings replay,
		Map<String, String> properties) {

	public HostSettings {
		properties = Map.copyOf(properties);
	}

	/**
	 * Return the settings of a host for which nothing was set.
	 * @param client the settings of the client
	 * @return what the host inherits
	 */
	public static HostSettings of(ClientSettings client) {
		return new HostSettings(client.pool(), client.timeouts(), client.http2(), client.replay(), Map.of());
	}

	/**
	 * Return how a host is called in settings.
	 * @param host the name or address, an IPv6 address with or without brackets
	 * @return the name in lower case, or the address in brackets, written out
	 */
	public static String name(String host) {
		if (host.indexOf(':') < 0) {
			return host.toLowerCase(Locale.ROOT);
		}
		InetAddress address = IpAddress.parse(host.replaceAll("[\\[\\]]", ""));
		return (address != null) ? "[%s]".formatted(address.getHostAddress()) : host.toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the full name of the property that decides for this host.
	 * @param client the client name
	 * @param setting the name of the setting, such as {@code timeouts.request}
	 * @return the property that was set for the host, else that of the client
	 */
	public String property(String client, String setting) {
		String own = this.properties.get(setting);
		return (own != null) ? own : ClientSettings.property(client, setting);
	}

}
