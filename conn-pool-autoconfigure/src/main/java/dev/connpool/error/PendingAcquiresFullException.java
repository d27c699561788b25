package dev.connpool.error;

import dev.connpool.settings.HostSettings;

/**
 * Raised when a caller would have to wait for a connection but too many wait already.
 */
public final class PendingAcquiresFullException extends ConnPoolException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param settings the settings for the host
	 * @param state what the pool was doing, in words
	 */
	public PendingAcquiresFullException(String client, String host, HostSettings settings, String state) {
		super(client, host,
				("too many callers would wait for a connection: the limit is %d (%s). Raise '%s' if the host can take more, or"
						+ " '%s' to let more callers wait.")
					.formatted(settings.pool().maxPendingAcquires(), state,
							settings.property(client, "pool.max-connections-per-host"),
							settings.property(client, "pool.max-pending-acquires")),
				null);
	}

}
