package dev.connpool.finding;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Notices that connections to a host cannot be secured. Begins when TLS handshakes failed
 * for five seconds, and within the period more often than connections were opened; ends
 * when most succeed, or nobody tries any more.
 */
final class TlsFailing implements Rule.HostCheck {

	private static final List<String> KINDS = List.of("tls-error");

	@Override
	public @Nullable String check(HostEvidence host) {
		long failed = host.dialFailed("tls-error");
		if (failed == 0 || !host.lasts(KINDS) || failed <= host.opened()) {
			return null;
		}
		return "%s failed within %s and %s succeeded; %s failed.%s. Check that the certificate of the host is for this name and has not expired, and what this client proves and trusts: %s."
			.formatted(Quantity.of(failed, "TLS handshake", "TLS handshakes"), host.within(),
					Quantity.of(host.opened()), Quantity.of(host.failed(KINDS), "request", "requests"),
					host.lastError(KINDS), host.client().property("ssl.bundle"));
	}

}
