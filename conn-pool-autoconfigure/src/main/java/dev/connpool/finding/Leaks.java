package dev.connpool.finding;

import org.jspecify.annotations.Nullable;

/**
 * Notices that leaks were detected and are still there.
 */
final class Leaks implements Rule.HostCheck {

	@Override
	public @Nullable String check(HostEvidence host) {
		if (host.now().leaking() == 0) {
			return null;
		}
		return "%d exchanges hold a connection or a stream although nobody reads their response (%d so far). The log of 'dev.connpool.leak' and the streams of the endpoint name the requests: read or release every response. Until that is mended, %s takes connections back."
			.formatted(host.now().leaking(), host.now().counters().leaks(), host.property("leak-reclaim-threshold"));
	}

}
