package dev.connpool.settings;

import java.time.Duration;

/**
 * What is done about names whose addresses change.
 *
 * @param refreshInterval how often the name of a host with connections is looked up; zero
 * for when the answer expires
 * @param drainRemovedAddresses whether connections are drained whose address is missing
 * from a new answer
 */
public record DnsSettings(Duration refreshInterval, boolean drainRemovedAddresses) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final DnsSettings DEFAULTS = new DnsSettings(Duration.ZERO, true);

	/**
	 * Shortest time between two lookups of a name.
	 */
	public static final Duration SHORTEST = Duration.ofSeconds(1);

	/**
	 * Longest time that an answer is believed if no interval is set.
	 */
	public static final Duration LONGEST = Duration.ofMinutes(5);

	public DnsSettings {
		Require.zeroOrPositive("dns.refresh-interval", refreshInterval);
		if (!refreshInterval.isZero() && refreshInterval.compareTo(SHORTEST) < 0) {
			throw new InvalidSettingException("dns.refresh-interval", refreshInterval,
					"must be at least 1s; 0 follows the time to live of the answers");
		}
	}

}
