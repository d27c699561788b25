package dev.connpool.finding;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Durations;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.LeakSettings;
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
		ClientSettings settings = client.settings();
		// A host that inherits both gives the same sentence once more.
		Set<String> useless = new LinkedHashSet<>();
		collect(client, HostSettings.of(settings), useless);
		new TreeMap<>(settings.hosts()).values().forEach((host) -> collect(client, host, useless));
		return useless.isEmpty() ? null
				: String.join("; ", useless) + ". Shorten what never passes, or raise what passes before.";
	}

	private static void collect(ClientEvidence client, HostSettings host, Set<String> useless) {
		Map<String, Duration> chosen = inner(host.timeouts(), client.settings().leaks());
		chosen.values().removeAll(List.of(Duration.ZERO));
		inner(ClientSettings.DEFAULTS.timeouts(), ClientSettings.DEFAULTS.leaks()).forEach(chosen::remove);
		UnaryOperator<String> property = (setting) -> host.property(client.name(), setting);
		collect(property, useless, REQUEST, host.timeouts().request(), chosen);
		chosen.keySet().retainAll(Set.of(CONNECT));
		collect(property, useless, ACQUIRE, host.timeouts().acquire(), chosen);
	}

	private static Map<String, Duration> inner(TimeoutSettings timeouts, LeakSettings leaks) {
		Map<String, Duration> inner = new LinkedHashMap<>();
		inner.put(ACQUIRE, timeouts.acquire());
		inner.put(CONNECT, timeouts.connect());
		inner.put("timeouts.tls-handshake", timeouts.tlsHandshake());
		inner.put("timeouts.response-header", timeouts.responseHeader());
		inner.put("leak-detection-threshold", leaks.detectionThreshold());
		return inner;
	}

	private static void collect(UnaryOperator<String> property, Set<String> useless, String outer, Duration deadline,
			Map<String, Duration> inner) {
		inner.forEach((name, within) -> {
			if (!deadline.isZero() && within.compareTo(deadline) > 0) {
				useless.add("'%s' (%s) never passes because '%s' (%s) does before".formatted(property.apply(name),
						Durations.exact(within), property.apply(outer), Durations.exact(deadline)));
			}
		});
	}

}
