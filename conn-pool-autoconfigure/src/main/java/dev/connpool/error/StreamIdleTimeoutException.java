package dev.connpool.error;

import java.time.Duration;

/**
 * Raised when an event stream was silent for too long.
 */
public final class StreamIdleTimeoutException extends DeadlineException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param deadline the longest silence allowed
	 */
	public StreamIdleTimeoutException(String client, String host, Duration deadline) {
		super(client, host, deadline, "the event stream was silent for %s. Raise '%s', 0 turns it off."
			.formatted(text(deadline), property(client, "timeouts.stream-idle")));
	}

}
