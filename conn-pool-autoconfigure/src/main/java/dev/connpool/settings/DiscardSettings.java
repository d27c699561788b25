package dev.connpool.settings;

import java.time.Duration;

/**
 * What is done to save an HTTP/1.1 connection whose response is no longer read: the rest
 * is read and discarded, within limits.
 *
 * @param maxBytes most bytes of the rest; 0 to close the connection instead
 * @param maxWait longest time that takes
 */
public record DiscardSettings(int maxBytes, Duration maxWait) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final DiscardSettings DEFAULTS = new DiscardSettings(256 * 1024, Duration.ofMillis(50));

	public DiscardSettings {
		Require.atLeast("discard.max-bytes", maxBytes, 0, "; 0 closes the connection instead");
		Require.positive("discard.max-wait", maxWait);
	}

}
