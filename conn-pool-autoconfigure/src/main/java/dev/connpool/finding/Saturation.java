package dev.connpool.finding;

import java.time.Duration;

import dev.connpool.settings.Durations;
import org.jspecify.annotations.Nullable;

/**
 * Notices that callers wait for long, or in vain, because all connections are in use.
 */
final class Saturation implements Rule.HostCheck {

	@Override
	public @Nullable String check(HostEvidence host) {
		long turnedAway = host.now().counters().turnedAway() - host.before().counters().turnedAway();
		boolean lasting = isSaturated(host, true) && isSaturated(host, false);
		if (turnedAway <= 0 && !lasting) {
			return null;
		}
		return "%s in use and %s%s; %s turned away within %s. Raise %s if the host can take more; if it has become slow, more connections will not help."
			.formatted(limit(host.settings().pool().maxConnectionsPerHost()),
					Quantity.of(host.now().pendingAcquires(), "caller waits", "callers wait"),
					longest(host.now().longestWait()), Quantity.of(turnedAway, "was", "were"),
					Durations.rounded(host.period()), host.property("pool.max-connections-per-host"));
	}

	private static String longest(@Nullable Duration waited) {
		return (waited != null) ? ", the first for " + Durations.rounded(waited) : "";
	}

	private static String limit(int connections) {
		return (connections == 1) ? "The only connection was"
				: "All %s were".formatted(Quantity.of(connections, "connection", "connections"));
	}

	private static boolean isSaturated(HostEvidence host, boolean now) {
		var snapshot = now ? host.now() : host.before();
		return snapshot.pendingAcquires() > 0 && host.isFull(snapshot);
	}

}
