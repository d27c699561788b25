package dev.connpool.error;

/**
 * A proxy as an error names it.
 *
 * @param url its URL without user name and password
 * @param source the environment variable or system property that names it, or the setting
 * relative to the client, such as {@code proxy.url}
 */
public record ProxyName(String url, String source) {

	String text(String client) {
		boolean setting = this.source.startsWith("proxy.");
		return "the proxy %s ('%s')".formatted(this.url,
				setting ? ConnPoolException.property(client, this.source) : this.source);
	}

}
