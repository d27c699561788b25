package dev.connpool.testing;

import java.time.Duration;
import java.util.Collections;

import io.netty.handler.codec.http2.Http2Error;
import org.assertj.core.api.AbstractAssert;

/**
 * What a server saw. Requests and frames are given a moment to get there.
 */
public final class ServerAssert extends AbstractAssert<ServerAssert, ObservedServer> {

	ServerAssert(ObservedServer actual) {
		super(actual, ServerAssert.class);
	}

	/**
	 * Assert that exactly this many TCP connections were accepted so far.
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert acceptedConnections(int expected) {
		return check(this.actual.connections().accepted() == expected, "exactly %d accepted", expected);
	}

	/**
	 * Assert that no more than this many TCP connections were accepted so far.
	 * @param limit the highest number
	 * @return this
	 */
	public ServerAssert acceptedAtMost(int limit) {
		return check(this.actual.connections().accepted() <= limit, "at most %d accepted", limit);
	}

	/**
	 * Assert that never were more than this many TCP connections open together.
	 * @param limit the highest number
	 * @return this
	 */
	public ServerAssert neverMoreThan(int limit) {
		return check(this.actual.connections().peak() <= limit, "never more than %d open", limit);
	}

	/**
	 * Assert that exactly this many TCP connections are open now.
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert openConnections(int expected) {
		return check(this.actual.connections().open() == expected, "exactly %d open", expected);
	}

	/**
	 * Assert that exactly this many TCP connections are open within a few seconds.
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert settlesAt(int expected) {
		return settlesAt(expected, Patience.USUAL.atMost());
	}

	/**
	 * Assert that exactly this many TCP connections are open within the given time.
	 * @param expected the number
	 * @param patience how long to wait
	 * @return this
	 */
	public ServerAssert settlesAt(int expected, Duration patience) {
		new Patience(patience).untilAsserted(() -> openConnections(expected));
		return this;
	}

	/**
	 * Assert that the header of exactly this many requests arrived.
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert receivedRequests(int expected) {
		return eventually("received requests", expected, () -> this.actual.log().arrived());
	}

	/**
	 * Assert that the header of exactly this many requests with a method and a path
	 * arrived.
	 * @param method the method
	 * @param path the path, without a query
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert receivedRequest(String method, String path, int expected) {
		return eventually("received %s %s".formatted(method, path), expected,
				() -> this.actual.log().arrived(method, path));
	}

	/**
	 * Assert that exactly this many requests were received as a whole and answered with a
	 * 2xx.
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert processedRequests(int expected) {
		return eventually("processed requests", expected, () -> this.actual.log().processed());
	}

	/**
	 * Assert that exactly this many requests with a method and a path were received as a
	 * whole and answered with a 2xx.
	 * @param method the method
	 * @param path the path, without a query
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert processedRequest(String method, String path, int expected) {
		return eventually("processed %s %s".formatted(method, path), expected,
				() -> this.actual.log().processed(method, path));
	}

	/**
	 * Assert that exactly this many RST_STREAM frames with an error were received.
	 * @param error the error
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert receivedReset(Http2Error error, int expected) {
		return eventually("received RST_STREAM %s".formatted(error), expected,
				() -> Collections.frequency(this.actual.log().resets(), error.code()));
	}

	/**
	 * Assert that exactly this many GOAWAY frames with an error were received.
	 * @param error the error
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert receivedGoAway(Http2Error error, int expected) {
		return eventually("received GOAWAY %s".formatted(error), expected,
				() -> Collections.frequency(this.actual.log().goAways(), error.code()));
	}

	/**
	 * Assert that exactly this many PING frames were received, acknowledgements apart.
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert receivedPings(int expected) {
		return eventually("received PING", expected, () -> this.actual.log().pings());
	}

	/**
	 * Assert that exactly this many HTTP/2 streams are open.
	 * @param expected the number
	 * @return this
	 */
	public ServerAssert openStreams(int expected) {
		return eventually("open streams", expected, () -> this.actual.log().openStreams());
	}

	private ServerAssert eventually(String what, int expected, Count count) {
		Patience.USUAL.untilAsserted(() -> {
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
