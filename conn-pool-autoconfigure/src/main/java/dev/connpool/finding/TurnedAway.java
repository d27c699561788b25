package dev.connpool.finding;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Notices that callers get no connection. Begins with the first within the period who was
 * turned away or waited in vain; ends when nobody was and did. It is an error of its own
 * beside {@code pool-saturated}, which says what to do when all connections are in use.
 */
final class TurnedAway implements Rule.HostCheck {

	private static final List<String> FULL = List.of("turned-away");

	private static final List<String> LATE = List.of("acquire-timeout");

	private static final List<String> BOTH = List.of("turned-away", "acquire-timeout");

	@Override
	public @Nullable String check(HostEvidence host) {
		if (host.failed(BOTH) == 0) {
			return null;
		}
		return "%s turned away within %s because no more than %s may wait (%s), and %s waited in vain for longer than %s.%s. Look first whether the host has become slow or cannot be reached: whoever waits for it only waits longer with a larger queue."
			.formatted(Quantity.of(host.failed(FULL), "caller was", "callers were"), host.within(),
					Quantity.of(host.settings().pool().maxPendingAcquires()),
					host.property("pool.max-pending-acquires"), Quantity.of(host.failed(LATE)),
					host.property("timeouts.acquire"), host.lastError(BOTH));
	}

}
