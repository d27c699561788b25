package dev.connpool.error;

import java.time.Duration;

/**
 * Raised when an exchange was not over in time, from subscription to the last byte of the
 * body.
 */
public final class RequestTimeoutException extends DeadlineException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param deadline the deadline
	 * @param phase what the exchange was doing, in words
	 */
	public RequestTimeoutException(String client, String host, Duration deadline, String phase) {
		super(client, host, deadline,
				"the exchange was not over within %s (%s). Raise '%s' for long downloads, 0 turns it off."
					.formatted(text(deadline), phase, property(client, "timeouts.request")));
	}

}
