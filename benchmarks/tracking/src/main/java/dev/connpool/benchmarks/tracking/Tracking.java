package dev.connpool.benchmarks.tracking;

import java.util.List;
import java.util.stream.Stream;

import dev.connpool.benchmarks.tracking.Removal.Kind;

/**
 * Everything in the client that exists only for the endpoint, the meters and listeners.
 */
final class Tracking {

	/** Bytes of connections. */
	private static final List<Removal> WIRE = List.of(Removal.of("SocketHandler", Kind.METHOD, "channelRead"),
			Removal.of("SocketHandler", Kind.METHOD, "write"), Removal.of("ConnectionRecord", Kind.BODY, "sent"),
			Removal.of("ConnectionRecord", Kind.FIELD, "bytesSent"),
			Removal.of("ConnectionRecord", Kind.FIELD, "bytesReceived"));

	/** Bytes of request headers before and after HPACK. */
	private static final List<Removal> HEADERS = List.of(Removal.of("HeaderByteCounter", Kind.METHOD, "write"),
			Removal.of("HeaderByteCounter", Kind.BODY, "isSensitive"),
			Removal.of("HeaderByteCounter", Kind.FIELD, "raw"), Removal.of("HeaderByteCounter", Kind.FIELD, "wire"),
			Removal.of("HeaderByteCounter", Kind.FIELD, "payloadLeft"));

	/** How many bytes an exchange has moved. */
	private static final List<Removal> EXCHANGES = List.of(Removal.of("Progress", Kind.BODY, "size"),
			Removal.of("Progress", Kind.FIELD, "bytesSent"), Removal.of("Progress", Kind.FIELD, "bytesReceived"));

	/** What happened so far. */
	private static final List<Removal> HISTORY = List.of(Removal.of("HostCounters", Kind.BODY, "opened"),
			Removal.of("HostCounters", Kind.BODY, "handshake"), Removal.of("HostCounters", Kind.BODY, "closed"),
			Removal.of("HostCounters", Kind.BODY, "acquired"), Removal.of("HostCounters", Kind.BODY, "replayed"),
			Removal.of("RecentlyClosed", Kind.BODY, "add"), Removal.of("ConnectionRecord", Kind.BODY, "closed"),
			Removal.of("ConnectionRecord", Kind.BODY, "resolved"),
			Removal.of("ConnectionRecord", Kind.BODY, "connected"));

	/** What listeners are told. */
	private static final List<Removal> LISTENERS = List.of(Removal.of("PooledConnection", Kind.BODY, "tell"),
			Removal.of("PooledConnection", Kind.BODY, "opened"), Removal.of("PooledConnection", Kind.FIELD, "info"));

	static final List<Removal> ALL = Stream.of(WIRE, HEADERS, EXCHANGES, HISTORY, LISTENERS)
		.flatMap(List::stream)
		.toList();

	private Tracking() {
	}

}
