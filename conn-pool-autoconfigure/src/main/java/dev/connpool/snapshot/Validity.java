package dev.connpool.snapshot;

import java.time.Duration;
import java.time.Instant;

/**
 * When a certificate is valid.
 *
 * @param from the first instant
 * @param until the last instant
 */
public record Validity(Instant from, Instant until) {

	/**
	 * Return how long it is in all.
	 * @return the time between first and last instant
	 */
	public Duration length() {
		return Duration.between(this.from, this.until);
	}

}
