package dev.connpool.testing;

import org.assertj.core.api.AssertProvider;

/**
 * A server on loopback that counts its TCP connections.
 */
public interface ObservedServer extends Origin, AssertProvider<ServerAssert>, AutoCloseable {

	/** What was accepted, is open, and was open at most. */
	ConnectionCount connections();

	@Override
	void close();

	@Override
	default ServerAssert assertThat() {
		return new ServerAssert(this);
	}

}
