package dev.connpool.finding;

import org.jspecify.annotations.Nullable;

/**
 * Notices that the limits of a host hold more than once.
 */
final class DuplicatePools implements Rule.HostCheck {

	@Override
	public @Nullable String check(HostEvidence host) {
		int pools = Math.min(host.before().pools(), host.now().pools());
		if (pools < 2) {
			return null;
		}
		int max = host.settings().pool().maxConnectionsPerHost();
		return "%d pools hold %d connections to this host, each with a limit of its own (%s: %s). They come of clients that were changed in different ways, as by a customizer or by HttpClient with other options, handlers or TLS. Change a client once and share it."
			.formatted(pools, host.now().connections().total(), host.property("pool.max-connections-per-host"),
					(max == 0) ? "none" : max);
	}

}
