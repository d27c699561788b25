package dev.connpool.finding;

import java.time.Duration;
import java.util.List;

import dev.connpool.settings.HostSettings;
import dev.connpool.snapshot.ClosedConnection;
import dev.connpool.snapshot.HostSnapshot;

/**
 * What rules know about a host: how it looked before and how it looks now.
 *
 * @param client the client
 * @param origin the host as {@code scheme://host:port}
 * @param settings the settings for the host
 * @param before the host at the earlier instant
 * @param now the host at the later instant
 * @param period what lies between
 * @param recentlyClosed the connections to the host that ended last
 * @param load how much was going on in the last minutes
 */
record HostEvidence(ClientEvidence client, String origin, HostSettings settings, HostSnapshot before, HostSnapshot now,
		Duration period, List<ClosedConnection> recentlyClosed, Load load) {

	/**
	 * Return the full name of the property that decides for the host, in quotes.
	 * @param setting the name of the setting
	 * @return the name as it is written in {@code application.yml}
	 */
	String property(String setting) {
		return "'" + this.settings.property(this.client.name(), setting) + "'";
	}

	boolean hasPeriod() {
		return !this.period.isZero();
	}

	boolean speaksHttp1() {
		return "http/1.1".equals(this.now.protocol());
	}

	/**
	 * Return how many connections ended meanwhile for certain reasons.
	 * @param reasons the reasons
	 * @return the number of connections
	 */
	long closed(List<String> reasons) {
		return closed(this.now, reasons) - closed(this.before, reasons);
	}

	static long closed(HostSnapshot host, List<String> reasons) {
		return reasons.stream().mapToLong((reason) -> host.counters().closedByReason().getOrDefault(reason, 0L)).sum();
	}

	/**
	 * Return whether as many connections are open as allowed.
	 * @param host the host at either instant
	 * @return whether there is room for no further one
	 */
	boolean isFull(HostSnapshot host) {
		int max = this.settings.pool().maxConnectionsPerHost();
		return max > 0 && open(host) >= max;
	}

	/**
	 * Return how many connections are open and not about to be closed.
	 * @param host the host at either instant
	 * @return the number of connections
	 */
	int open(HostSnapshot host) {
		HostSnapshot.Connections open = host.connections();
		return open.active() + open.idle() + open.probing();
	}

	/**
	 * How much was going on, on average.
	 *
	 * @param looks how often that was looked at
	 * @param over the time between the first and the last look
	 * @param busy connections in use
	 * @param waiting callers waiting for one
	 * @param perSecond exchanges begun each second
	 */
	record Load(int looks, Duration over, double busy, double waiting, double perSecond) {
	}

}
