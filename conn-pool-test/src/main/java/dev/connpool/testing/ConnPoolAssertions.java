package dev.connpool.testing;

import dev.connpool.web.ConnPoolClient;

/**
 * Entry point for assertions about clients and the servers they talk to. It goes together
 * with a static import of AssertJ's own.
 */
public final class ConnPoolAssertions {

	private ConnPoolAssertions() {
	}

	/**
	 * Begin an assertion about a client.
	 * @param actual the client, from {@code ConnPoolClients}
	 * @return the assertions
	 */
	public static ConnPoolClientAssert assertThat(ConnPoolClient actual) {
		return new ConnPoolClientAssert(actual);
	}

	/**
	 * Begin an assertion about a server.
	 * @param actual the server
	 * @return the assertions
	 */
	public static ServerAssert assertThat(ObservedServer actual) {
		return actual.assertThat();
	}

}
