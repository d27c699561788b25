package dev.connpool.autoconfigure.binding;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.connpool.settings.Http2Settings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * What can be written about HTTP/2.
 *
 * @param strictMaxConcurrentStreams Whether to wait at the stream limit of the server
 * instead of opening another connection.
 * @param maxConcurrentStreams Maximum number of streams on one connection. 0 leaves it to
 * the server.
 * @param initialWindowSize Size of what a server may send of one response body ahead of
 * its reader.
 * @param connectionWindowSize Size of what a server may send of all response bodies of a
 * connection ahead of their readers.
 * @param maxHeaderListSize Maximum uncompressed size of the headers of a response. 0
 * follows the maximum response header size of the client.
 * @param headerTableSize Size of the HPACK table for response headers. 0 turns it off.
 * @param pingInterval Silence of a server after which a PING is sent. 0 turns it off.
 * @param pingTimeout Time to wait for the answer to a PING before the connection is
 * closed.
 * @param spreadAddresses Whether to open a connection to each address of the host and to
 * spread streams over them.
 */
record Http2Properties(@Nullable Boolean strictMaxConcurrentStreams, @Nullable Integer maxConcurrentStreams,
		@Nullable DataSize initialWindowSize, @Nullable DataSize connectionWindowSize,
		@Nullable DataSize maxHeaderListSize, @Nullable DataSize headerTableSize, @Nullable Duration pingInterval,
		@Nullable Duration pingTimeout, @Nullable Boolean spreadAddresses) {

	Http2Settings over(Http2Settings base) {
		return base.with((http2) -> http2
			.strictMaxConcurrentStreams(Absent.or(this.strictMaxConcurrentStreams, base.strictMaxConcurrentStreams()))
			.maxConcurrentStreams(Absent.or(this.maxConcurrentStreams, base.maxConcurrentStreams()))
			.initialWindowSize(Absent.or("http2.initial-window-size", this.initialWindowSize, base.initialWindowSize()))
			.connectionWindowSize(
					Absent.or("http2.connection-window-size", this.connectionWindowSize, base.connectionWindowSize()))
			.maxHeaderListSize(
					Absent.or("http2.max-header-list-size", this.maxHeaderListSize, base.maxHeaderListSize()))
			.headerTableSize(Absent.or("http2.header-table-size", this.headerTableSize, base.headerTableSize()))
			.pingInterval(Absent.or(this.pingInterval, base.pingInterval()))
			.pingTimeout(Absent.or(this.pingTimeout, base.pingTimeout()))
			.spreadAddresses(Absent.or(this.spreadAddresses, base.spreadAddresses())));
	}

	/**
	 * Return what is written.
	 * @return the values, by name; {@code null} for what is not written
	 */
	Map<String, @Nullable Object> values() {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		values.put("strict-max-concurrent-streams", this.strictMaxConcurrentStreams);
		values.put("max-concurrent-streams", this.maxConcurrentStreams);
		values.put("initial-window-size", this.initialWindowSize);
		values.put("connection-window-size", this.connectionWindowSize);
		values.put("max-header-list-size", this.maxHeaderListSize);
		values.put("header-table-size", this.headerTableSize);
		values.put("ping-interval", this.pingInterval);
		values.put("ping-timeout", this.pingTimeout);
		values.put("spread-addresses", this.spreadAddresses);
		return values;
	}

}
