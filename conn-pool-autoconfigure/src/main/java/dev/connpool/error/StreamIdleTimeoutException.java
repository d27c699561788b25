package dev.connpool.error;

import dev.connpool.settings.HostSettings;

/**
 * Raised when an event stream was silent for too long.
 */
public final class StreamIdleTimeoutException extends DeadlineException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param settings the settings for the host
	 */
	public StreamIdleTimeoutException(String client, String host, HostSettings settings) {
		super(client, host, settings.timeouts().streamIdle(),
				"the event stream was silent for %s. Raise '%s', 0 turns it off.".formatted(
						text(settings.timeouts().streamIdle()), settings.property(client, "timeouts.stream-idle")));
	}

}
