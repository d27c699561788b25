package dev.connpool.finding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Durations;
import dev.connpool.settings.TimeoutSettings;
import org.jspecify.annotations.Nullable;

/**
 * Notices deadlines that can never pass because another one always passes before. One
 * that was left at its default is nothing that anybody counts on.
 */
final class DeadlineOrder implements Rule.SettingsCheck {

	private static final String REQUEST = "timeouts.request";

	private static final String ACQUIRE = "timeouts.acquire";

	private static final String CONNECT = "timeouts.connect";

	@Override
	public @Nullable String check(ClientEvidence client) {
		TimeoutSettings timeouts = client.settings().timeouts();
		Map<String, Duration> chosen = inner(client.settings());
		chosen.values().removeAll(List.of(Duration.ZERO));
		inner(ClientSettings.DEFAULTS).forEach(chosen::remove);
		List<String> useless = new ArrayList<>();
		collect(client, useless, REQUEST, timeouts.request(), chosen);
		chosen.keySet().retainAll(Set.of(CONNECT));
		collect(client, useless, ACQUIRE, timeouts.acquire(), chosen);
		return useless.isEmpty() ? null
				: String.join("; ", useless) + ". Shorten what never passes, or raise what passes before.";
	}

	private static Map<String, Duration> inner(ClientSettings settings) {
		TimeoutSettings timeouts = settings.timeouts();
		Map<String, Duration> inner = new LinkedHashMap<>();
		inner.put(ACQUIRE, timeouts.acquire());
		inner.put(CONNECT, timeouts.connect());
		inner.put("timeouts.tls-handshake", timeouts.tlsHandshake());
		inner.put("timeouts.response-header", timeouts.responseHeader());
		inner.put("leak-detection-threshold", settings.leaks().detectionThreshold());
		return inner;
	}

	private static void collect(ClientEvidence client, List<String> useless, String outer, Duration deadline,
			Map<String, Duration> inner) {
		inner.forEach((name, within) -> {
			if (!deadline.isZero() && within.compareTo(deadline) > 0) {
				useless.add("%s (%s) never passes because %s (%s) does before".formatted(client.property(name),
						Durations.exact(within), client.property(outer), Durations.exact(deadline)));
			}
		});
	}

}
