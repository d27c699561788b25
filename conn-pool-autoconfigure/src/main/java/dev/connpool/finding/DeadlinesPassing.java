package dev.connpool.finding;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.connpool.settings.Durations;
import dev.connpool.snapshot.Quantiles;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a host answers later than this client waits. Begins when deadlines passed
 * within the period for at least three requests, and for one in twenty or more; ends when
 * they do so for fewer.
 */
final class DeadlinesPassing implements Rule.HostCheck {

	private static final int FEW = 3;

	private static final double SHARE = 0.05;

	private static final List<String> KINDS = List.of("response-timeout", "request-timeout", "stream-idle-timeout");

	private static final Map<String, String> PROPERTIES = Map.of("response-timeout", "timeouts.response-header",
			"request-timeout", "timeouts.request", "stream-idle-timeout", "timeouts.stream-idle");

	@Override
	public @Nullable String check(HostEvidence host) {
		long requests = host.failed(KINDS);
		if (requests < FEW || requests < SHARE * host.requests()) {
			return null;
		}
		List<String> passed = KINDS.stream().filter((kind) -> host.failed(List.of(kind)) > 0).toList();
		String properties = passed.stream()
			.map((kind) -> host.property(PROPERTIES.getOrDefault(kind, kind)))
			.collect(Collectors.joining(" and "));
		return "%s took longer than %s within %s.%s. %s Look whether the host has become slow; if it takes its time, raise the deadline."
			.formatted(Quantity.of(requests, "request", "requests"), properties, host.within(), host.lastError(KINDS),
					latency(host.now().latency().headers()));
	}

	private static String latency(@Nullable Quantiles headers) {
		return (headers != null)
				? "Of what was answered in the last minute, half took %s or less and one in a hundred more than %s."
					.formatted(Durations.rounded(headers.p50()), Durations.rounded(headers.p99()))
				: "Nothing was answered in the last minute.";
	}

}
