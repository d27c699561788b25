package dev.connpool.finding;

import java.util.ArrayList;
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
		long full = host.failed(FULL);
		long late = host.failed(LATE);
		if (full + late == 0) {
			return null;
		}
		List<String> evidence = new ArrayList<>();
		if (full > 0) {
			evidence.add("%s turned away because no more than %s may wait (%s)".formatted(
					Quantity.of(full, "caller was", "callers were"),
					Quantity.of(host.settings().pool().maxPendingAcquires()),
					host.property("pool.max-pending-acquires")));
		}
		if (late > 0) {
			evidence.add("%s waited in vain for longer than %s".formatted(Quantity.of(late, "caller", "callers"),
					host.property("timeouts.acquire")));
		}
		return "Within %s %s.%s. Look first whether the host has become slow or cannot be reached: whoever waits for it only waits longer with a larger queue."
			.formatted(host.within(), String.join(" and ", evidence), host.lastError(BOTH));
	}

}
