package dev.connpool.testing;

import java.time.Duration;

import org.assertj.core.api.AbstractAssert;

import static org.awaitility.Awaitility.await;

/**
 * What a server saw.
 */
public final class ServerAssert extends AbstractAssert<ServerAssert, ObservedServer> {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	ServerAssert(ObservedServer actual) {
		super(actual, ServerAssert.class);
	}

	/** Exactly this many TCP connections were accepted so far. */
	public ServerAssert acceptedConnections(int expected) {
		return check(this.actual.connections().accepted() == expected, "exactly %d accepted", expected);
	}

	/** No more than this many TCP connections were accepted so far. */
	public ServerAssert acceptedAtMost(int limit) {
		return check(this.actual.connections().accepted() <= limit, "at most %d accepted", limit);
	}

	/** Never were more than this many TCP connections open together. */
	public ServerAssert neverMoreThan(int limit) {
		return check(this.actual.connections().peak() <= limit, "never more than %d open", limit);
	}

	/** Exactly this many TCP connections are open now. */
	public ServerAssert openConnections(int expected) {
		return check(this.actual.connections().open() == expected, "exactly %d open", expected);
	}

	/** Exactly this many TCP connections are open within a few seconds. */
	public ServerAssert settlesAt(int expected) {
		return settlesAt(expected, PATIENCE);
	}

	/** Exactly this many TCP connections are open within the given time. */
	public ServerAssert settlesAt(int expected, Duration patience) {
		await().atMost(patience).untilAsserted(() -> openConnections(expected));
		return this;
	}

	private ServerAssert check(boolean holds, String expectation, int number) {
		if (!holds) {
			failWithMessage("Expected %s connections at %s but there were: %s", expectation.formatted(number),
					this.actual.host(), this.actual.connections());
		}
		return this;
	}

}
