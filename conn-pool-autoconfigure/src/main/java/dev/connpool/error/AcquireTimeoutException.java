package dev.connpool.error;

import java.time.Duration;

/**
 * Raised when a caller waited too long for a connection.
 */
public final class AcquireTimeoutException extends DeadlineException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param deadline how long the caller was willing to wait
	 * @param state what the pool was doing, in words
	 */
	public AcquireTimeoutException(String client, String host, Duration deadline, String state) {
		super(client, host, deadline,
				"no connection became free within %s (%s). Raise '%s' if the host can take more, or '%s' to wait longer."
					.formatted(text(deadline), state, property(client, "pool.max-connections-per-host"),
							property(client, "timeouts.acquire")));
	}

}
