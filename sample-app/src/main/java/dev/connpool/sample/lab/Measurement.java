package dev.connpool.sample.lab;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What one client did in one lab.
 *
 * @param connections the connections that the server accepted
 * @param leftOpen the connections that were still open after the client was closed
 * @param succeeded the requests that were answered
 * @param failed the requests that were not
 * @param millis how long it took, in milliseconds
 * @param details further numbers that the lab took
 * @param firstFailure what the first failure said
 */
public record Measurement(int connections, int leftOpen, int succeeded, int failed, long millis,
		Map<String, Long> details, @Nullable String firstFailure) {

	boolean complete(int requests) {
		return this.succeeded == requests && this.failed == 0 && this.leftOpen == 0;
	}

	long detail(String name) {
		return this.details.getOrDefault(name, -1L);
	}

}
