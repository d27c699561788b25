package dev.connpool.error;

import dev.connpool.settings.HostSettings;

/**
 * Raised when an exchange was not over in time, from subscription to the last byte of the
 * body.
 */
public final class RequestTimeoutException extends DeadlineException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param settings the settings for the host
	 * @param phase what the exchange was doing, in words
	 */
	public RequestTimeoutException(String client, String host, HostSettings settings, String phase) {
		super(client, host, settings.timeouts().request(),
				"the exchange was not over within %s (%s). Raise '%s' for long downloads, 0 turns it off.".formatted(
						text(settings.timeouts().request()), phase, settings.property(client, "timeouts.request")));
	}

}
