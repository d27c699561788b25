package dev.connpool.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A proxy.
 *
 * @param type how it is spoken to
 * @param host its name or address
 * @param port its port
 * @param credentials what it is told about the user, or {@code null} for nothing
 * @param source the setting, environment variable or system property that names it
 */
public record Proxy(Type type, String host, int port, @Nullable Credentials credentials, String source) {

	static final String EXAMPLE = "http://proxy.example.com:3128";

	private static final Map<String, Type> SCHEMES = Map.of("http", Type.HTTP, "socks", Type.SOCKS5, "socks5",
			Type.SOCKS5, "socks5h", Type.SOCKS5, "socks4", Type.SOCKS4, "socks4a", Type.SOCKS4);

	/**
	 * Parse a URL, or {@code host:port} for an HTTP proxy.
	 * @param source where it is written
	 * @param value what is written
	 * @return the proxy
	 * @throws InvalidSettingException if it cannot be used; user name and password are
	 * not in its message
	 */
	static Proxy parse(String source, String value) {
		String url = value.strip();
		try {
			URI uri = new URI(url.contains("://") ? url : "http://" + url);
			Type type = SCHEMES.get(uri.getScheme().toLowerCase(Locale.ROOT));
			if (type == null) {
				throw invalid(source, value,
						"must start with 'http://' or 'socks5://'" + (uri.getScheme().equalsIgnoreCase("https")
								? ", which is also how proxies for https are written" : ""));
			}
			String authority = (uri.getRawAuthority() != null) ? uri.getRawAuthority() : "";
			int at = authority.lastIndexOf('@');
			HostAndPort address = HostAndPort.parse(authority.substring(at + 1));
			if (address == null || address.host().isEmpty()) {
				throw invalid(source, value,
						"must name a host, and may name a port from 1 to 65535, as in '%s'".formatted(EXAMPLE));
			}
			return new Proxy(type, address.host(), (address.port() != 0) ? address.port() : type.defaultPort,
					(at > 0) ? Credentials.parse(authority.substring(0, at)) : null, source);
		}
		catch (URISyntaxException ex) {
			throw invalid(source, value, ("must be a URL, as in '%s'; in one, percent-encode the user name and the"
					+ " password, or set 'proxy.username' and 'proxy.password'")
				.formatted(EXAMPLE));
		}
	}

	private static InvalidSettingException invalid(String source, String value, String requirement) {
		return new InvalidSettingException(source, Shown.url(value), requirement);
	}

	Proxy with(Credentials credentials) {
		return new Proxy(this.type, this.host, this.port, credentials, this.source);
	}

	/**
	 * Return the proxy as it may be shown.
	 * @return its URL without user name and password
	 */
	@Override
	public String toString() {
		return "%s://%s:%d".formatted(this.type.scheme,
				(this.host.indexOf(':') < 0) ? this.host : "[" + this.host + "]", this.port);
	}

	/**
	 * How a proxy is spoken to.
	 */
	public enum Type {

		/**
		 * HTTP/1.1 (RFC 9110, sections 3.7 and 9.3.6).
		 */
		HTTP("http", 80),

		/**
		 * SOCKS 4a.
		 */
		SOCKS4("socks4", 1080),

		/**
		 * SOCKS 5 (RFC 1928).
		 */
		SOCKS5("socks5", 1080);

		private final String scheme;

		private final int defaultPort;

		Type(String scheme, int defaultPort) {
			this.scheme = scheme;
			this.defaultPort = defaultPort;
		}

	}

	/**
	 * What a proxy is told about the user.
	 *
	 * @param username the user name
	 * @param password the password, empty for none
	 */
	public record Credentials(String username, String password) {

		private static Credentials parse(String userInfo) {
			int colon = userInfo.indexOf(':');
			return (colon < 0) ? new Credentials(decoded(userInfo), "")
					: new Credentials(decoded(userInfo.substring(0, colon)), decoded(userInfo.substring(colon + 1)));
		}

		private static String decoded(String text) {
			return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
		}

		@Override
		public String toString() {
			return "***";
		}

	}

}
