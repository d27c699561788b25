package dev.connpool.error;

import java.time.Duration;

/**
 * Raised when a request was written but no response head came in time.
 */
public final class ResponseHeaderTimeoutException extends DeadlineException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param deadline the deadline
	 */
	public ResponseHeaderTimeoutException(String client, String host, Duration deadline) {
		super(client, host, deadline,
				"no response header within %s of sending the request. Raise '%s' if the server may take longer."
					.formatted(text(deadline), property(client, "timeouts.response-header")));
	}

}
