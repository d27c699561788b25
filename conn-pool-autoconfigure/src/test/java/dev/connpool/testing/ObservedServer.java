package dev.connpool.testing;

import org.assertj.core.api.AssertProvider;

/**
 * A server on loopback that counts its TCP connections.
 */
public interface ObservedServer extends Origin, AssertProvider<ServerAssert>, AutoCloseable {

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

	@Override
	default ServerAssert assertThat() {
		return new ServerAssert(this);
	}

}
