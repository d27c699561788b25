package dev.connpool.error;

import java.time.Duration;

/**
 * Raised when a response was not read for so long that its connection was taken back.
 */
public final class LeakReclaimedException extends DeadlineException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param deadline how long nothing may be read
	 */
	public LeakReclaimedException(String client, String host, Duration deadline) {
		super(client, host, deadline,
				"nobody read the response for %s. Read or release every response, or raise '%s', 0 turns it off."
					.formatted(text(deadline), property(client, "leak-reclaim-threshold")));
	}

}
