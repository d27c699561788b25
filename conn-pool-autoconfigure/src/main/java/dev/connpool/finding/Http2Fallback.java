package dev.connpool.finding;

import dev.connpool.settings.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a server speaks HTTP/1.1 although HTTP/2 is preferred.
 */
final class Http2Fallback implements Rule.HostCheck {

	@Override
	public boolean needsPeriod() {
		return false;
	}

	@Override
	public @Nullable String check(HostEvidence host) {
		boolean wanted = host.client().settings().protocols().get(0) == Protocol.H2;
		if (!wanted || !host.origin().startsWith("https://") || !host.speaksHttp1()) {
			return null;
		}
		return "HTTP/2 is preferred, but the server negotiated HTTP/1.1 (%d connections open now, %d opened so far). Turn on HTTP/2 with ALPN at the server or at what is in front of it; if it has none, set %s to 'http/1.1' for a client of its own."
			.formatted(host.now().connections().total(), host.now().counters().opened(), host.property("protocols"));
	}

}
