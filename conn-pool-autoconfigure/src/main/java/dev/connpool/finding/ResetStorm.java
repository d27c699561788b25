package dev.connpool.finding;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Notices that streams of HTTP/2 are reset, or connections ended, so often that it is no
 * longer use but a storm. Of this client: begins when it resets so many that servers take
 * it for an attack, and no other connection may take over. Of the server: begins when it
 * ended at least ten connections within the period, and twice as many as were ever open
 * at once, which no deploy does. Ends when there are fewer.
 */
final class ResetStorm implements Rule.HostCheck {

	/**
	 * Resets of one connection from one look to the next, which is up to twenty seconds:
	 * at that pace it comes to a hundred and fifty in thirty seconds, where another
	 * connection takes over that may.
	 */
	private static final int TOO_MANY = 100;

	private static final int MANY_ENDED = 10;

	private static final List<String> BY_SERVER = List.of("goaway", "peer-reset");

	@Override
	public @Nullable String check(HostEvidence host) {
		String message = ofClient(host);
		return (message != null) ? message : ofServer(host);
	}

	private static @Nullable String ofClient(HostEvidence host) {
		long resets = host.now().counters().resetsSent() - host.before().counters().resetsSent();
		int connections = Math.max(1, host.open(host.now()));
		boolean strict = host.settings().http2().strictMaxConcurrentStreams();
		if (resets <= (long) TOO_MANY * connections || !(strict || host.isFull(host.now()))) {
			return null;
		}
		return "%s reset within %s on %s, and no other may take over: servers close a connection that resets too many. Find out which deadline passes, or who cancels; set %s, so that others can take over."
			.formatted(Quantity.of(resets, "HTTP/2 stream was", "HTTP/2 streams were"), host.within(),
					Quantity.of(connections, "connection", "connections"),
					strict ? host.property("http2.strict-max-concurrent-streams") + " to false"
							: host.property("pool.max-connections-per-host") + " higher");
	}

	private static @Nullable String ofServer(HostEvidence host) {
		long ended = host.closed(BY_SERVER);
		int open = Math.max(host.open(host.before()), host.open(host.now()));
		if (ended < MANY_ENDED || ended <= 2L * open) {
			return null;
		}
		return "The server ended %s with GOAWAY and %s with a reset within %s, though no more than %d were open at once; %s lost. Find out why it does not keep connections: a limit of requests for each, memory, what is in front of it."
			.formatted(Quantity.of(host.closed(List.of("goaway")), "connection", "connections"),
					Quantity.of(host.closed(List.of("peer-reset"))), host.within(), open,
					Quantity.of(host.failed(List.of("reset")), "request was", "requests were"));
	}

}
