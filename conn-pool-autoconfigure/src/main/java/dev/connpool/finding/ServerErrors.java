package dev.connpool.finding;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Notices that a host says itself that it fails. Begins when it did so for five seconds,
 * and for one in five requests or more within the period; ends when it does so for fewer.
 */
final class ServerErrors implements Rule.HostCheck {

	private static final double SHARE = 0.2;

	private static final List<String> KINDS = List.of("status-5xx");

	@Override
	public @Nullable String check(HostEvidence host) {
		long failed = host.failed(KINDS);
		if (failed == 0 || !host.lasts(KINDS) || failed < SHARE * host.requests()) {
			return null;
		}
		return "%s of %s were answered with a status of 500 or above within %s.%s. It is the host that fails, or what is in front of it: nothing in this client helps."
			.formatted(Quantity.of(failed), Quantity.of(Math.max(failed, host.requests()), "request", "requests"),
					host.within(), host.lastError(KINDS));
	}

}
