package dev.connpool.settings;

import java.time.Duration;

/**
 * How long an idle connection is kept.
 *
 * @param longest how long if nothing else is known; zero for ever
 * @param auto whether what is learned of a server shortens it
 */
public record IdleTimeout(Duration longest, boolean auto) {

	/**
	 * As long as the server keeps it, and the default for as long as that is not known.
	 */
	public static final IdleTimeout AUTO = new IdleTimeout(Duration.ofSeconds(90), true);

	/**
	 * Keep an idle connection for a certain time.
	 * @param timeout the time; zero for ever
	 * @return a new timeout
	 */
	public static IdleTimeout of(Duration timeout) {
		return new IdleTimeout(timeout, false);
	}

	/**
	 * Return whether no connection is closed for having been idle.
	 * @return whether idle connections are kept for ever
	 */
	public boolean isNone() {
		return this.longest.isZero();
	}

	/**
	 * Return the timeout as it is configured.
	 * @return {@code auto}, or the duration in ISO-8601
	 */
	@Override
	public String toString() {
		return this.auto ? "auto" : this.longest.toString();
	}

}
