package dev.connpool.finding;

import dev.connpool.settings.Http2Settings;
import dev.connpool.settings.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Notices HTTP/2 windows that hold downloads back: a stream carries at most its window in
 * each round trip (RFC 9113, section 5.2).
 */
final class SmallWindows implements Rule.SettingsCheck {

	/** What every stream has unless it is told otherwise. */
	private static final int PROTOCOL_WINDOW = 65_535;

	/** A round trip to another region. */
	private static final double ROUND_TRIP_SECONDS = 0.05;

	@Override
	public @Nullable String check(ClientEvidence client) {
		Http2Settings http2 = client.settings().http2();
		int stream = http2.initialWindowSize();
		int connection = http2.connectionWindowSize();
		if (client.settings().protocols().stream().noneMatch(Protocol::isMultiplexed)) {
			return null;
		}
		if (stream <= PROTOCOL_WINDOW) {
			return "A download over a round trip of 50 ms gets at most %.1f MB/s, which is %d bytes in each. Raise %s."
				.formatted(stream / ROUND_TRIP_SECONDS / 1e6, stream, client.property("http2.initial-window-size"));
		}
		return (connection >= stream) ? null
				: "A connection takes %d bytes ahead of its readers and each of its streams %d: one slow reader stalls all others. Raise %s above %s."
					.formatted(connection, stream, client.property("http2.connection-window-size"),
							client.property("http2.initial-window-size"));
	}

}
