package dev.connpool.testing;

import java.net.URI;
import java.util.Locale;

/**
 * What a host is called in snapshots.
 */
final class HostName {

	private HostName() {
	}

	/**
	 * Return what a host is called.
	 * @param url a URL of the host
	 * @return {@code scheme://host:port}
	 */
	static String of(String url) {
		URI uri = URI.create(url);
		if (uri.getScheme() == null || uri.getHost() == null) {
			throw new IllegalArgumentException(
					"'%s' names no host, unlike 'https://orders.example.com:8443'".formatted(url));
		}
		String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
		int port = (uri.getPort() != -1) ? uri.getPort() : defaultPort(scheme);
		return "%s://%s:%d".formatted(scheme, uri.getHost().toLowerCase(Locale.ROOT), port);
	}

	private static int defaultPort(String scheme) {
		return switch (scheme) {
			case "http" -> 80;
			case "https" -> 443;
			default ->
				throw new IllegalArgumentException("The scheme must be http or https, not '%s'".formatted(scheme));
		};
	}

}
