package dev.connpool.testing;

import org.assertj.core.api.AssertProvider;

/**
 * A server on loopback that counts its TCP connections.
 */
public interface ObservedServer extends Origin, AssertProvider<ServerAssert>, AutoCloseable {

	/**
	 * Return what was accepted, is open, and was open at most.
	 * @return the counts, which go on
	 */
	ConnectionCount connections();

	/**
	 * Return what requests and frames arrived.
	 * @return the log, which goes on
	 * @throws UnsupportedOperationException if this server does not look at them
	 */
	default WireLog log() {
		throw new UnsupportedOperationException(getClass().getSimpleName() + " keeps no log of requests and frames");
	}

	/**
	 * Return what happened, for the message of a failed assertion.
	 * @return the events, one a line
	 */
	default String trace() {
		return "";
	}

	/**
	 * Read what is left unread, so that a client that has gone is noticed.
	 */
	default void readOn() {
	}

	@Override
	void close();

	@Override
	default ServerAssert assertThat() {
		return new ServerAssert(this);
	}

}
