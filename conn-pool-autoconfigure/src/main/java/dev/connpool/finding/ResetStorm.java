package dev.connpool.finding;

import dev.connpool.settings.Durations;
import org.jspecify.annotations.Nullable;

/**
 * Notices that so many streams of HTTP/2 are reset that servers take it for an attack,
 * and no other connection may take over.
 */
final class ResetStorm implements Rule.HostCheck {

	/**
	 * Resets of one connection from one look to the next, which is up to twenty seconds:
	 * at that pace it comes to a hundred and fifty in thirty seconds, where another
	 * connection takes over that may.
	 */
	private static final int TOO_MANY = 100;

	@Override
	public @Nullable String check(HostEvidence host) {
		long resets = host.now().counters().resetsSent() - host.before().counters().resetsSent();
		int connections = Math.max(1, host.open(host.now()));
		boolean strict = host.settings().http2().strictMaxConcurrentStreams();
		if (resets <= (long) TOO_MANY * connections || !(strict || host.isFull(host.now()))) {
			return null;
		}
		return "%d HTTP/2 streams were reset within %s on %d connections, and no other may take over: servers close a connection that resets too many. Find out which deadline passes, or who cancels; set %s, so that others can take over."
			.formatted(resets, Durations.rounded(host.period()), connections,
					strict ? host.property("http2.strict-max-concurrent-streams") + " to false"
							: host.property("pool.max-connections-per-host") + " higher");
	}

}
