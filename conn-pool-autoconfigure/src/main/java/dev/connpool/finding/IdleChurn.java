package dev.connpool.finding;

import java.time.Duration;
import java.util.List;

import dev.connpool.settings.Durations;
import dev.connpool.snapshot.ClosedConnection;
import org.jspecify.annotations.Nullable;

/**
 * Notices that connections are closed because too many are idle, and opened again.
 */
final class IdleChurn implements Rule.HostCheck {

	/** Fewer connections that were closed are no churn, at either instant. */
	private static final int FEW = 10;

	private static final Duration YOUNG = Duration.ofMinutes(1);

	private static final String PER_HOST = "max-idle-per-host";

	private static final String OVERALL = "max-idle";

	private static final List<String> CAPS = List.of(PER_HOST, OVERALL);

	@Override
	public @Nullable String check(HostEvidence host) {
		long capped = host.closed(CAPS);
		long opened = host.now().counters().opened() - host.before().counters().opened();
		boolean goesOn = HostEvidence.closed(host.before(), CAPS) >= FEW;
		Duration age = medianAge(host.recentlyClosed());
		if (!goesOn || capped < FEW || opened < capped / 2 || age == null || age.compareTo(YOUNG) > 0) {
			return null;
		}
		boolean perHost = host.closed(List.of(PER_HOST)) >= host.closed(List.of(OVERALL));
		String setting = perHost ? "pool.max-idle-connections-per-host" : "pool.max-idle-connections";
		int cap = perHost ? host.settings().pool().maxIdleConnectionsPerHost()
				: host.client().settings().pool().maxIdleConnections();
		return "%d connections were closed within %s because more than %d were idle, half of them younger than %s, and %d were opened. Raise %s to what is open at busy times."
			.formatted(capped, Durations.rounded(host.period()), cap, Durations.rounded(age), opened,
					host.property(setting));
	}

	private static @Nullable Duration medianAge(List<ClosedConnection> closed) {
		List<Duration> ages = closed.stream()
			.filter((connection) -> CAPS.contains(connection.reason()))
			.map(ClosedConnection::age)
			.sorted()
			.toList();
		return ages.isEmpty() ? null : ages.get(ages.size() / 2);
	}

}
