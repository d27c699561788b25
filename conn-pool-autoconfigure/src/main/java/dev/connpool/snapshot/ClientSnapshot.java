package dev.connpool.snapshot;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One client at one instant. Two numbers may disagree by what happened between reading
 * them.
 *
 * @param client the client name
 * @param protocols the ALPN ids it may speak, in the order of preference
 * @param hosts the hosts it knows, by {@code scheme://host:port}
 * @param omittedHosts how many hosts were left out because there are too many
 * @param recentlyClosed the connections that ended last, latest first
 * @param partial whether some event loop did not answer in time, so that its connections
 * are missing from the lists
 */
public record ClientSnapshot(String client, List<String> protocols, Map<String, HostSnapshot> hosts, int omittedHosts,
		List<ClosedConnection> recentlyClosed, boolean partial) {

	/**
	 * Most hosts that are listed where lists are bounded.
	 */
	public static final int MOST_HOSTS = 100;

	/** The worst first, then those that are used most. */
	private static final Comparator<HostSnapshot> BY_INTEREST = Comparator
		.<HostSnapshot>comparingInt(HostSnapshot::pendingAcquires)
		.thenComparingInt(HostSnapshot::leaking)
		.thenComparingLong((host) -> host.counters().turnedAway())
		.thenComparingInt((host) -> host.connections().total())
		.thenComparingLong((host) -> host.counters().acquired())
		.reversed();

	/**
	 * Create a snapshot of all hosts.
	 * @param client the client name
	 * @param protocols the ALPN ids it may speak, in the order of preference
	 * @param hosts the hosts it knows
	 * @param recentlyClosed the connections that ended last, latest first
	 * @param partial whether some event loop did not answer in time
	 */
	public ClientSnapshot(String client, List<String> protocols, Map<String, HostSnapshot> hosts,
			List<ClosedConnection> recentlyClosed, boolean partial) {
		this(client, protocols, hosts, 0, recentlyClosed, partial);
	}

	/**
	 * Return the same with the hosts that deserve most attention only: those that callers
	 * wait for, those with responses that nobody reads, those that turned callers away,
	 * then those with the most connections and exchanges.
	 * @param most how many hosts to keep
	 * @return the same if there are no more
	 */
	public ClientSnapshot limit(int most) {
		if (this.hosts.size() <= most) {
			return this;
		}
		Map<String, HostSnapshot> kept = new TreeMap<>();
		this.hosts.entrySet()
			.stream()
			.sorted(Map.Entry.comparingByValue(BY_INTEREST))
			.limit(most)
			.forEach((host) -> kept.put(host.getKey(), host.getValue()));
		return withHosts(kept);
	}

	private ClientSnapshot withHosts(Map<String, HostSnapshot> kept) {
		return new ClientSnapshot(this.client, this.protocols, kept,
				this.omittedHosts + Math.max(0, this.hosts.size() - kept.size()), this.recentlyClosed, this.partial);
	}

}
