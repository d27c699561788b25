package dev.connpool.benchmarks.tracking;

import java.util.List;
import java.util.stream.Stream;

import dev.connpool.benchmarks.tracking.Removal.Kind;

/**
 * Everything in the client that exists only for the endpoint, the meters and listeners.
 */
final class Tracking {

	/** Bytes of connections. */
	private static final List<Removal> WIRE = List.of(
			Removal.of("connection.SocketHandler", Kind.METHOD, "channelRead"),
			Removal.of("connection.SocketHandler", Kind.METHOD, "write"),
			Removal.of("connection.ConnectionRecord", Kind.BODY, "sent"),
			Removal.of("connection.ConnectionRecord", Kind.FIELD, "bytesSent"),
			Removal.of("connection.ConnectionRecord", Kind.FIELD, "bytesReceived"));

	/** Bytes of request headers before and after HPACK. */
	private static final List<Removal> HEADERS = List.of(Removal.of("http2.HeaderByteCounter", Kind.METHOD, "write"),
			Removal.of("http2.HeaderByteCounter", Kind.BODY, "isSensitive"),
			Removal.of("http2.HeaderByteCounter", Kind.FIELD, "raw"),
			Removal.of("http2.HeaderByteCounter", Kind.FIELD, "wire"),
			Removal.of("http2.HeaderByteCounter", Kind.FIELD, "payloadLeft"));

	/** How many bytes an exchange has moved. */
	private static final List<Removal> EXCHANGES = List.of(Removal.of("exchange.Progress", Kind.BODY, "size"),
			Removal.of("exchange.Progress", Kind.FIELD, "bytesSent"),
			Removal.of("exchange.Progress", Kind.FIELD, "bytesReceived"));

	/** What happened so far. */
	private static final List<Removal> HISTORY = List.of(Removal.of("host.HostCounters", Kind.BODY, "opened"),
			Removal.of("host.HostCounters", Kind.BODY, "handshake"),
			Removal.of("host.HostCounters", Kind.BODY, "closed"),
			Removal.of("host.HostCounters", Kind.BODY, "acquired"),
			Removal.of("host.HostCounters", Kind.BODY, "replayed"), Removal.of("host.RecentlyClosed", Kind.BODY, "add"),
			Removal.of("connection.ConnectionRecord", Kind.BODY, "toClosedConnection"),
			Removal.of("connection.ConnectionRecord", Kind.BODY, "resolved"),
			Removal.of("connection.ConnectionRecord", Kind.BODY, "connected"));

	/** What listeners are told. */
	private static final List<Removal> LISTENERS = List.of(Removal.of("host.HostEvents", Kind.BODY, "acquired"),
			Removal.of("host.HostEvents", Kind.BODY, "released"),
			Removal.of("host.HostEvents", Kind.BODY, "streamOpened"),
			Removal.of("host.HostEvents", Kind.BODY, "streamClosed"),
			Removal.of("host.HostEvents", Kind.BODY, "opened"), Removal.of("host.HostEvents", Kind.BODY, "closed"),
			Removal.of("connection.PooledConnection", Kind.FIELD, "info"));

	static final List<Removal> ALL = Stream.of(WIRE, HEADERS, EXCHANGES, HISTORY, LISTENERS)
		.flatMap(List::stream)
		.toList();

	private Tracking() {
	}

}
