package dev.connpool.settings;

import java.time.Duration;

/**
 * What the endpoint remembers of a client.
 *
 * @param history for how long it remembers how hosts were, 0 to remember nothing
 * @param events how many events of each host it remembers
 */
public record EndpointSettings(Duration history, int events) {

	private static final Duration LONGEST = Duration.ofHours(1);

	private static final int MOST_EVENTS = 1000;

	/**
	 * What a client gets when nothing is configured.
	 */
	static final EndpointSettings DEFAULTS = new EndpointSettings(Duration.ofHours(1), 200);

	public EndpointSettings {
		if (history.isNegative() || history.compareTo(LONGEST) > 0) {
			throw new InvalidSettingException("endpoint.history", history, "must be between '0s' and '1h'");
		}
		if (events < 0 || events > MOST_EVENTS) {
			throw new InvalidSettingException("endpoint.events", events, "must be between 0 and " + MOST_EVENTS);
		}
	}

}
