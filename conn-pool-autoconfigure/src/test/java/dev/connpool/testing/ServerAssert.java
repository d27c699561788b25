package dev.connpool.testing;

import java.time.Duration;
import java.util.Collections;

import io.netty.handler.codec.http2.Http2Error;
import org.assertj.core.api.AbstractAssert;

import static org.awaitility.Awaitility.await;

/**
 * What a server saw. Requests and frames are given a moment to get there.
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

	/** The header of exactly this many requests arrived. */
	public ServerAssert receivedRequests(int expected) {
		return eventually("received requests", expected, () -> this.actual.log().arrived());
	}

	/** The header of exactly this many requests with a method and a path arrived. */
	public ServerAssert receivedRequest(String method, String path, int expected) {
		return eventually("received %s %s".formatted(method, path), expected,
				() -> this.actual.log().arrived(method, path));
	}

	/** Exactly this many requests were received as a whole and answered with a 2xx. */
	public ServerAssert processedRequests(int expected) {
		return eventually("processed requests", expected, () -> this.actual.log().processed());
	}

	/**
	 * Exactly this many requests with a method and a path were received as a whole and
	 * answered with a 2xx.
	 */
	public ServerAssert processedRequest(String method, String path, int expected) {
		return eventually("processed %s %s".formatted(method, path), expected,
				() -> this.actual.log().processed(method, path));
	}

	/** Exactly this many RST_STREAM frames with an error were received. */
	public ServerAssert receivedReset(Http2Error error, int expected) {
		return eventually("received RST_STREAM %s".formatted(error), expected,
				() -> Collections.frequency(this.actual.log().resets(), error.code()));
	}

	/** Exactly this many GOAWAY frames with an error were received. */
	public ServerAssert receivedGoAway(Http2Error error, int expected) {
		return eventually("received GOAWAY %s".formatted(error), expected,
				() -> Collections.frequency(this.actual.log().goAways(), error.code()));
	}

	/** Exactly this many PING frames were received, acknowledgements apart. */
	public ServerAssert receivedPings(int expected) {
		return eventually("received PING", expected, () -> this.actual.log().pings());
	}

	/** Exactly this many HTTP/2 streams are open. */
	public ServerAssert openStreams(int expected) {
		return eventually("open streams", expected, () -> this.actual.log().openStreams());
	}

	private ServerAssert eventually(String what, int expected, Count count) {
		await().atMost(PATIENCE).untilAsserted(() -> {
			int number = count.now();
			if (number != expected) {
				failWithMessage("Expected %d x %s at %s but there were %d:%n%s", expected, what, this.actual.host(),
						number, this.actual.log());
			}
		});
		return this;
	}

	private ServerAssert check(boolean holds, String expectation, int number) {
		if (!holds) {
			failWithMessage("Expected %s connections at %s but there were: %s%n%s", expectation.formatted(number),
					this.actual.host(), this.actual.connections(), this.actual.trace());
		}
		return this;
	}

	@FunctionalInterface
	private interface Count {

		int now();

	}

}
