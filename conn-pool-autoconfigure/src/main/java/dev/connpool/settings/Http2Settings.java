package dev.connpool.settings;

import java.time.Duration;

/**
 * How a client speaks HTTP/2 (RFC 9113).
 *
 * @param strictMaxConcurrentStreams whether callers wait at the server's stream limit
 * instead of opening another connection ({@code StrictMaxConcurrentStreams} in Go)
 * @param maxConcurrentStreams most streams on one connection; 0 for what the server
 * allows
 * @param initialWindowSize bytes of a response body that the server may send ahead of its
 * reader, for each stream
 * @param connectionWindowSize the same for all streams of a connection together
 * @param maxHeaderListSize bytes of uncompressed response headers accepted; 0 for the
 * client's {@code max-response-header-size}
 * @param headerTableSize bytes of the HPACK table for response headers; 0 turns it off
 * @param pingInterval silence of the server after which a PING is sent; zero for never
 * ({@code ReadIdleTimeout} in Go)
 * @param pingTimeout longest wait for the answer before the connection is closed
 * ({@code PingTimeout})
 * @param spreadAddresses whether there is a connection for each address of the host
 */
public record Http2Settings(boolean strictMaxConcurrentStreams, int maxConcurrentStreams, int initialWindowSize,
		int connectionWindowSize, int maxHeaderListSize, int headerTableSize, Duration pingInterval,
		Duration pingTimeout, boolean spreadAddresses) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final Http2Settings DEFAULTS = new Http2Settings(false, 0, 16 << 20, 64 << 20, 0, 4096,
			Duration.ofSeconds(30), Duration.ofSeconds(15), false);

	private static final int PROTOCOL_WINDOW = 65_535;

	public Http2Settings {
		Require.atLeast("http2.max-concurrent-streams", maxConcurrentStreams, 0, "; 0 leaves it to the server");
		Require.atLeast("http2.initial-window-size", initialWindowSize, 1, "");
		Require.atLeast("http2.connection-window-size", connectionWindowSize, PROTOCOL_WINDOW,
				", what every connection starts with (RFC 9113, section 6.9.2)");
		Require.atLeast("http2.max-header-list-size", maxHeaderListSize, 0, "; 0 follows 'max-response-header-size'");
		Require.atLeast("http2.header-table-size", headerTableSize, 0, "; 0 turns the table off");
		Require.zeroOrPositive("http2.ping-interval", pingInterval);
		Require.positive("http2.ping-timeout", pingTimeout);
	}

}
