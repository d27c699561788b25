package dev.connpool.finding;

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
		return "All %d connections were in use and %d callers wait; %d were turned away within %s. Raise %s if the host can take more; if it has become slow, more connections will not help."
			.formatted(host.settings().pool().maxConnectionsPerHost(), host.now().pendingAcquires(), turnedAway,
					Durations.rounded(host.period()), host.property("pool.max-connections-per-host"));
	}

	private static boolean isSaturated(HostEvidence host, boolean now) {
		var snapshot = now ? host.now() : host.before();
		return snapshot.pendingAcquires() > 0 && host.isFull(snapshot);
	}

}
