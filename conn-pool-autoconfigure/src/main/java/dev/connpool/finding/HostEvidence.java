package dev.connpool.finding;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

import dev.connpool.settings.Durations;
import dev.connpool.settings.HostSettings;
import dev.connpool.snapshot.ClosedConnection;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.snapshot.LastError;
import org.jspecify.annotations.Nullable;

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

	private static final Duration LONG = Duration.ofSeconds(5);

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

	// What failed meanwhile

	/**
	 * Return how many requests failed meanwhile.
	 * @param kinds in which ways
	 * @return the number of requests
	 */
	long failed(Collection<String> kinds) {
		return kinds.stream()
			.mapToLong((kind) -> this.now.counters().failedByKind().getOrDefault(kind, 0L)
					- this.before.counters().failedByKind().getOrDefault(kind, 0L))
			.sum();
	}

	/**
	 * Return how many connections could not be opened meanwhile.
	 * @param reason the reason
	 * @return the number of connections
	 */
	long dialFailed(String reason) {
		return this.now.counters().dialFailedByReason().getOrDefault(reason, 0L)
				- this.before.counters().dialFailedByReason().getOrDefault(reason, 0L);
	}

	long opened() {
		return this.now.counters().opened() - this.before.counters().opened();
	}

	/**
	 * Return how many requests were given a connection meanwhile.
	 * @return the number of requests
	 */
	long requests() {
		return this.now.counters().acquired() - this.before.counters().acquired();
	}

	/**
	 * Return what went wrong last.
	 * @param kinds in which ways
	 * @return the error, or {@code null} if nothing did in these
	 */
	@Nullable LastError error(Collection<String> kinds) {
		return this.now.errors().stream().filter((error) -> kinds.contains(error.phase())).findFirst().orElse(null);
	}

	/**
	 * Return whether something goes wrong for more than a moment, such as that in which a
	 * server is started anew.
	 * @param kinds in which ways
	 * @return whether it did so for five seconds
	 */
	boolean lasts(Collection<String> kinds) {
		LastError error = error(kinds);
		Duration half = this.period.dividedBy(2);
		return error != null
				&& Duration.between(error.since(), error.at()).compareTo((half.compareTo(LONG) < 0) ? half : LONG) >= 0;
	}

	/**
	 * Say for how long it goes wrong, and what was the last error.
	 * @param kinds in which ways
	 * @return the beginning of a sentence that follows a full stop, with the space before
	 */
	String lastError(Collection<String> kinds) {
		LastError error = error(kinds);
		return (error != null) ? " This goes on for %s, the last error was \"%s\""
			.formatted(Durations.rounded(Duration.between(error.since(), error.at())), bare(error.message())) : "";
	}

	// Who reads a finding knows client and host.
	private String bare(String message) {
		String prefix = "Client '%s', host %s: ".formatted(this.client.name(), this.origin);
		return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
	}

	String within() {
		return Durations.rounded(this.period);
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
