package dev.connpool.settings;

import java.time.Duration;
import java.util.function.Consumer;

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

	/**
	 * Change settings, all at once because some of them depend on each other.
	 * @param changes makes the changes
	 * @return the changed settings
	 */
	public Http2Settings with(Consumer<Builder> changes) {
		Builder builder = new Builder(this);
		changes.accept(builder);
		return builder.build();
	}

	/**
	 * Settings while they are changed.
	 */
	public static final class Builder {

		private boolean strictMaxConcurrentStreams;

		private int maxConcurrentStreams;

		private int initialWindowSize;

		private int connectionWindowSize;

		private int maxHeaderListSize;

		private int headerTableSize;

		private Duration pingInterval;

		private Duration pingTimeout;

		private boolean spreadAddresses;

		private Builder(Http2Settings from) {
			this.strictMaxConcurrentStreams = from.strictMaxConcurrentStreams;
			this.maxConcurrentStreams = from.maxConcurrentStreams;
			this.initialWindowSize = from.initialWindowSize;
			this.connectionWindowSize = from.connectionWindowSize;
			this.maxHeaderListSize = from.maxHeaderListSize;
			this.headerTableSize = from.headerTableSize;
			this.pingInterval = from.pingInterval;
			this.pingTimeout = from.pingTimeout;
			this.spreadAddresses = from.spreadAddresses;
		}

		public Builder strictMaxConcurrentStreams(boolean strictMaxConcurrentStreams) {
			this.strictMaxConcurrentStreams = strictMaxConcurrentStreams;
			return this;
		}

		public Builder maxConcurrentStreams(int maxConcurrentStreams) {
			this.maxConcurrentStreams = maxConcurrentStreams;
			return this;
		}

		public Builder initialWindowSize(int initialWindowSize) {
			this.initialWindowSize = initialWindowSize;
			return this;
		}

		public Builder connectionWindowSize(int connectionWindowSize) {
			this.connectionWindowSize = connectionWindowSize;
			return this;
		}

		public Builder maxHeaderListSize(int maxHeaderListSize) {
			this.maxHeaderListSize = maxHeaderListSize;
			return this;
		}

		public Builder headerTableSize(int headerTableSize) {
			this.headerTableSize = headerTableSize;
			return this;
		}

		public Builder pingInterval(Duration pingInterval) {
			this.pingInterval = pingInterval;
			return this;
		}

		public Builder pingTimeout(Duration pingTimeout) {
			this.pingTimeout = pingTimeout;
			return this;
		}

		public Builder spreadAddresses(boolean spreadAddresses) {
			this.spreadAddresses = spreadAddresses;
			return this;
		}

		private Http2Settings build() {
			return new Http2Settings(this.strictMaxConcurrentStreams, this.maxConcurrentStreams, this.initialWindowSize,
					this.connectionWindowSize, this.maxHeaderListSize, this.headerTableSize, this.pingInterval,
					this.pingTimeout, this.spreadAddresses);
		}

	}

}
