package dev.connpool.pool.reactor;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;

import reactor.netty.transport.AddressUtils;

/**
 * The host that a URI names. Names that {@link URI} takes for none are known, too, such
 * as those of services with underscores.
 *
 * @param scheme the scheme as it is written
 * @param authority the authority as it is written
 * @param secure whether TLS is used
 * @param address the address, not yet resolved
 * @param host the host and the port, if that is not the usual one, for the header
 */
public record Origin(String scheme, String authority, boolean secure, InetSocketAddress address, String host) {

	private static final int HIGHEST_PORT = 65_535;

	/**
	 * Find out which host a URI names.
	 * @param client the client name
	 * @param uri the URI
	 * @return the host
	 * @throws IllegalArgumentException if there is none that requests can be sent to
	 */
	public static Origin of(String client, URI uri) {
		String scheme = Objects.requireNonNullElse(uri.getScheme(), "");
		boolean secure = isSecure(client, scheme);
		String authority = Objects.requireNonNullElse(uri.getRawAuthority(), "");
		// What is before it is for nobody to see.
		String place = authority.substring(authority.lastIndexOf('@') + 1);
		int end = place.startsWith("[") ? place.indexOf(']') + 1 : place.lastIndexOf(':');
		String name = (end > 0) ? place.substring(0, end) : place;
		if (name.isEmpty() || end == 0) {
			throw MissingHost.error(client, resource(uri));
		}
		int usual = secure ? 443 : 80;
		int port = (end > 0) ? port(client, place.substring(end), usual) : usual;
		InetSocketAddress address = AddressUtils
			.createUnresolved(name.startsWith("[") ? name.substring(1, name.length() - 1) : name, port);
		String header = withoutZone(name);
		return new Origin(scheme, authority, secure, address, (port != usual) ? header + ":" + port : header);
	}

	private static boolean isSecure(String client, String scheme) {
		return switch (scheme.toLowerCase(Locale.ROOT)) {
			case "http", "ws" -> false;
			case "https", "wss" -> true;
			default -> throw new IllegalArgumentException(
					"Client '%s': Invalid scheme [%s]. Request a URI with 'http' or 'https'".formatted(client, scheme));
		};
	}

	private static int port(String client, String suffix, int usual) {
		if (suffix.isEmpty() || suffix.equals(":")) {
			return usual;
		}
		try {
			int port = Integer.parseInt(suffix, 1, suffix.length(), 10);
			if (suffix.charAt(0) == ':' && port >= 0 && port <= HIGHEST_PORT) {
				return port;
			}
		}
		catch (NumberFormatException ex) {
			// As any other that is none.
		}
		throw new IllegalArgumentException(
				"Client '%s': the URI names no port from 0 to %d".formatted(client, HIGHEST_PORT));
	}

	// Zones are nobody else's concern (RFC 6874, section 1).
	private static String withoutZone(String name) {
		int zone = name.startsWith("[") ? name.indexOf('%') : -1;
		return (zone > 0) ? name.substring(0, zone) + "]" : name;
	}

	/**
	 * Return what a URI asks for at its host.
	 * @param uri the URI
	 * @return path and query
	 */
	public static String resource(URI uri) {
		String path = uri.getRawPath();
		String query = uri.getRawQuery();
		String resource = (path != null && !path.isEmpty()) ? path : "/";
		return (query != null) ? resource + "?" + query : resource;
	}

	/**
	 * Return whether a URI names this host in the same way.
	 * @param uri the URI
	 * @return whether it need not be looked at any further
	 */
	public boolean isOf(URI uri) {
		return this.authority.equals(uri.getRawAuthority()) && this.scheme.equals(uri.getScheme());
	}

	/**
	 * Return the URL of something at this host.
	 * @param resource path and query
	 * @return the URL, without user info
	 */
	public String url(String resource) {
		return (this.secure ? "https://" : "http://") + this.host + resource;
	}

}
