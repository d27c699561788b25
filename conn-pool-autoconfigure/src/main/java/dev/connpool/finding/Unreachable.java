package dev.connpool.finding;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Notices that no connection to a host can be opened. Begins when attempts failed for
 * five seconds, none succeeded within the period, and no connection is open; ends with
 * the first that is opened, or when nobody tries any more.
 */
final class Unreachable implements Rule.HostCheck {

	private static final List<String> KINDS = List.of("dns-error", "connect-error", "proxy-error");

	@Override
	public @Nullable String check(HostEvidence host) {
		long tried = host.dialFailed("connect-error");
		if (tried == 0 || !host.lasts(KINDS) || host.opened() > 0 || host.open(host.now()) > 0) {
			return null;
		}
		return "%s failed within %s and none succeeded; %s failed.%s. Check that the host runs and listens there, its name, and what is between: firewalls, proxies."
			.formatted(Quantity.of(tried, "attempt to connect", "attempts to connect"), host.within(),
					Quantity.of(host.failed(KINDS), "request", "requests"), host.lastError(KINDS));
	}

}
