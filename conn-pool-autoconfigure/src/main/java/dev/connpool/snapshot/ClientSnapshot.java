package dev.connpool.snapshot;

import java.util.List;
import java.util.Map;

/**
 * One client at one instant. Two numbers may disagree by what happened between reading
 * them.
 *
 * @param client the client name
 * @param protocols the ALPN ids it may speak, in the order of preference
 * @param hosts the hosts it knows, by {@code scheme://host:port}
 * @param recentlyClosed the connections that ended last, latest first
 * @param partial whether some event loop did not answer in time, so that its connections
 * are missing from the lists
 */
public record ClientSnapshot(String client, List<String> protocols, Map<String, HostSnapshot> hosts,
		List<ClosedConnection> recentlyClosed, boolean partial) {
}
