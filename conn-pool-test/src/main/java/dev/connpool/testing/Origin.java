package dev.connpool.testing;

/**
 * Where a server on loopback is.
 */
public interface Origin {

	/**
	 * The address that servers listen at.
	 */
	String HOST = "127.0.0.1";

	/**
	 * Return the scheme that clients should use.
	 * @return {@code http} or {@code https}
	 */
	String scheme();

	/**
	 * Return the port.
	 * @return the port, a free one that the operating system chose
	 */
	int port();

	/**
	 * Return the name of this server in a client's snapshot.
	 * @return the name, as {@code scheme://host:port}
	 */
	default String host() {
		return "%s://%s:%d".formatted(scheme(), HOST, port());
	}

	/**
	 * Return the base URL of this server.
	 * @return the URL, without a path
	 */
	default String url() {
		return host();
	}

	/**
	 * Return the URL of a path at this server.
	 * @param path the path, from its slash on
	 * @return the URL
	 */
	default String url(String path) {
		return host() + path;
	}

}
