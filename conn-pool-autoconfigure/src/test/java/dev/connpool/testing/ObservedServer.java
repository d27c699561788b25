package dev.connpool.testing;

import org.assertj.core.api.AssertProvider;

/**
 * A server on loopback that counts its TCP connections.
 */
public interface ObservedServer extends AssertProvider<ServerAssert>, AutoCloseable {

	String HOST = "127.0.0.1";

	/** The scheme clients should use. */
	String scheme();

	int port();

	/** What was accepted, is open, and was open at most. */
	ConnectionCount connections();

	@Override
	void close();

	/** The name of this server in a client's snapshot. */
	default String host() {
		return "%s://%s:%d".formatted(scheme(), HOST, port());
	}

	default String url(String path) {
		return host() + path;
	}

	@Override
	default ServerAssert assertThat() {
		return new ServerAssert(this);
	}

}
