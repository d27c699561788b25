package dev.connpool.error;

import dev.connpool.settings.HostSettings;

/**
 * Raised when a request was written but no response head came in time.
 */
public final class ResponseHeaderTimeoutException extends DeadlineException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param settings the settings for the host
	 */
	public ResponseHeaderTimeoutException(String client, String host, HostSettings settings) {
		super(client, host, settings.timeouts().responseHeader(),
				"no response header within %s of sending the request. Raise '%s' if the server may take longer."
					.formatted(text(settings.timeouts().responseHeader()),
							settings.property(client, "timeouts.response-header")));
	}

}
