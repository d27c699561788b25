package dev.connpool.testing;

/**
 * Where a server on loopback is.
 */
public interface Origin {

	String HOST = "127.0.0.1";

	/** The scheme clients should use. */
	String scheme();

	int port();

	/** The name of this server in a client's snapshot. */
	default String host() {
		return "%s://%s:%d".formatted(scheme(), HOST, port());
	}

	default String url(String path) {
		return host() + path;
	}

}
