package dev.connpool.finding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.TimeoutSettings;
import org.jspecify.annotations.Nullable;

/**
 * Notices deadlines that can never pass because another one always passes before.
 */
final class DeadlineOrder implements Rule.SettingsCheck {

	private static final String REQUEST = "timeouts.request";

	private static final String ACQUIRE = "timeouts.acquire";

	private static final String CONNECT = "timeouts.connect";

	@Override
	public @Nullable String check(ClientEvidence client) {
		ClientSettings settings = client.settings();
		TimeoutSettings timeouts = settings.timeouts();
		Map<String, Duration> withinRequest = new LinkedHashMap<>();
		withinRequest.put(ACQUIRE, timeouts.acquire());
		withinRequest.put(CONNECT, timeouts.connect());
		withinRequest.put("timeouts.tls-handshake", timeouts.tlsHandshake());
		withinRequest.put("timeouts.response-header", timeouts.responseHeader());
		withinRequest.put("leak-detection-threshold", settings.leaks().detectionThreshold());
		List<String> useless = new ArrayList<>();
		collect(client, useless, REQUEST, timeouts.request(), withinRequest);
		collect(client, useless, ACQUIRE, timeouts.acquire(), Map.of(CONNECT, timeouts.connect()));
		return useless.isEmpty() ? null
				: String.join("; ", useless) + ". Shorten what never passes, or raise what passes before.";
	}

	private static void collect(ClientEvidence client, List<String> useless, String outer, Duration deadline,
			Map<String, Duration> inner) {
		inner.forEach((name, within) -> {
			if (!deadline.isZero() && !within.isZero() && within.compareTo(deadline) > 0) {
				useless.add("%s (%s) never passes because %s (%s) does before".formatted(client.property(name),
						ClientEvidence.text(within), client.property(outer), ClientEvidence.text(deadline)));
			}
		});
	}

}
