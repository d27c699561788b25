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

	/** What requests and frames arrived, if this server looks at them. */
	default WireLog log() {
		throw new UnsupportedOperationException(getClass().getSimpleName() + " keeps no log of requests and frames");
	}

	/** What happened, for the message of a failed assertion. */
	default String trace() {
		return "";
	}

	/** Read what is left unread, so that a client that has gone is noticed. */
	default void readOn() {
	}

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
