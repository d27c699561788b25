package dev.connpool.error;

import dev.connpool.settings.HostSettings;

/**
 * Raised when a caller waited too long for a connection.
 */
public final class AcquireTimeoutException extends DeadlineException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param settings the settings for the host
	 * @param state what the pool was doing, in words
	 */
	public AcquireTimeoutException(String client, String host, HostSettings settings, String state) {
		super(client, host, settings.timeouts().acquire(),
				"no connection became free within %s (%s). Raise '%s' if the host can take more, or '%s' to wait longer."
					.formatted(text(settings.timeouts().acquire()), state,
							settings.property(client, "pool.max-connections-per-host"),
							settings.property(client, "timeouts.acquire")));
	}

}
