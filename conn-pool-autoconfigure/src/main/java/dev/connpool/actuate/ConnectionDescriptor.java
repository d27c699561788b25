package dev.connpool.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.StreamSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * One connection. Times are ISO-8601 texts, whatever the application's JSON looks like.
 *
 * @param id the id, as in the logs of Netty; {@code dial-} and a number before the socket
 * is created
 * @param protocol the ALPN id of what it speaks, or {@code null} before that is known
 * @param state what it is doing
 * @param localAddress the local address and port, or {@code null} before there is one
 * @param remoteAddress the remote address and port, or {@code null} before there is one
 * @param tls what TLS negotiated, or {@code null} without TLS
 * @param openedAt when it was begun
 * @param age how long ago that was
 * @param idleFor how long it has been unused, or {@code null} while it is in use
 * @param exchanges the exchanges that it was given
 * @param bytesSent bytes written to the socket
 * @param bytesReceived bytes read from the socket
 * @param phases how long it took to open
 * @param http2 what only HTTP/2 has, or {@code null} for HTTP/1.1
 * @param streams the exchanges in flight, one at most on HTTP/1.1
 * @param omittedStreams how many exchanges were cut from the list
 */
@JsonInclude
@JsonPropertyOrder({ "id", "protocol", "state", "localAddress", "remoteAddress", "tls", "openedAt", "age", "idleFor",
		"exchanges", "bytesSent", "bytesReceived", "phases", "http2", "streams", "omittedStreams" })
public record ConnectionDescriptor(String id, @Nullable String protocol, String state, @Nullable String localAddress,
		@Nullable String remoteAddress, @Nullable Tls tls, String openedAt, String age, @Nullable String idleFor,
		long exchanges, long bytesSent, long bytesReceived, Phases phases, @Nullable Http2 http2, List<Stream> streams,
		int omittedStreams) implements OperationResponseBody {

	static ConnectionDescriptor of(ConnectionSnapshot connection, Values values) {
		return new ConnectionDescriptor(connection.id(), connection.protocol(),
				connection.state().name().toLowerCase(Locale.ROOT), connection.localAddress(),
				connection.remoteAddress(), Tls.of(connection.tls()), connection.openedAt().toString(),
				connection.age().toString(), text(connection.idleFor()), connection.exchanges(), connection.bytesSent(),
				connection.bytesReceived(), Phases.of(connection.phases()), Http2.of(connection.http2()),
				connection.streams().stream().map((stream) -> Stream.of(stream, values)).toList(),
				connection.omittedStreams());
	}

	private static @Nullable String text(@Nullable Duration duration) {
		return Objects.toString(duration, null);
	}

	/**
	 * What TLS negotiated.
	 *
	 * @param version the TLS version
	 * @param cipher the cipher suite
	 * @param alpn the application protocol, or {@code null} if the server chose none
	 * @param sessionReused whether an earlier session was resumed
	 */
	@JsonInclude
	@JsonPropertyOrder({ "version", "cipher", "alpn", "sessionReused" })
	public record Tls(String version, String cipher, @Nullable String alpn, boolean sessionReused) {

		private static @Nullable Tls of(ConnectionSnapshot.@Nullable Tls tls) {
			return (tls != null) ? new Tls(tls.version(), tls.cipher(), tls.alpn(), tls.sessionReused()) : null;
		}

	}

	/**
	 * How long it took to open; {@code null} for what has not been done.
	 *
	 * @param dns resolving the name
	 * @param connect connecting the socket
	 * @param tls the TLS handshake
	 */
	@JsonInclude
	@JsonPropertyOrder({ "dns", "connect", "tls" })
	public record Phases(@Nullable String dns, @Nullable String connect, @Nullable String tls) {

		private static Phases of(ConnectionSnapshot.Phases phases) {
			return new Phases(text(phases.dns()), text(phases.connect()), text(phases.tls()));
		}

	}

	/**
	 * What only HTTP/2 has.
	 *
	 * @param activeStreams the open streams
	 * @param maxConcurrentStreams the streams that may be open at once
	 * @param goAway the GOAWAY that was received, or {@code null}
	 * @param pingRtt the round trip of the last PING, or {@code null} if none was needed
	 * @param sendWindow bytes that may be sent before the server asks for more
	 * @param receiveWindow bytes that the server may send before it is asked for more
	 * @param headerBytes the request headers sent, before and after compression
	 */
	@JsonInclude
	@JsonPropertyOrder({ "activeStreams", "maxConcurrentStreams", "goAway", "pingRtt", "sendWindow", "receiveWindow",
			"headerBytes" })
	public record Http2(int activeStreams, long maxConcurrentStreams, ConnectionSnapshot.@Nullable GoAway goAway,
			@Nullable String pingRtt, int sendWindow, int receiveWindow, ConnectionSnapshot.HeaderBytes headerBytes) {

		private static @Nullable Http2 of(ConnectionSnapshot.@Nullable Http2 http2) {
			return (http2 != null)
					? new Http2(http2.activeStreams(), http2.maxConcurrentStreams(), http2.goAway(),
							text(http2.pingRtt()), http2.sendWindow(), http2.receiveWindow(), http2.headerBytes())
					: null;
		}

	}

	/**
	 * One exchange in flight.
	 *
	 * @param id the stream id, 1 on HTTP/1.1, 0 before there is one
	 * @param state the state as in RFC 9113, section 5.1
	 * @param method the request method
	 * @param uri the URI template, or {@code null} if the request had none; the path and
	 * query if values are shown
	 * @param age how long ago it was begun
	 * @param bytesSent bytes of the request body
	 * @param bytesReceived bytes of the response body
	 * @param sendWindow bytes that may be sent before the server asks for more, or
	 * {@code null} on HTTP/1.1
	 * @param receiveWindow bytes that the server may send before it is asked for more, or
	 * {@code null} on HTTP/1.1
	 * @param leak what is wrong if nobody reads the response, or {@code null}
	 */
	@JsonInclude
	@JsonPropertyOrder({ "id", "state", "method", "uri", "age", "bytesSent", "bytesReceived", "sendWindow",
			"receiveWindow", "leak" })
	public record Stream(int id, String state, String method, @Nullable String uri, String age, long bytesSent,
			long bytesReceived, @Nullable Integer sendWindow, @Nullable Integer receiveWindow, @Nullable Leak leak) {

		private static Stream of(StreamSnapshot stream, Values values) {
			return new Stream(stream.id(), stream.state(), stream.method(), values.uri(stream), stream.age().toString(),
					stream.bytesSent(), stream.bytesReceived(), stream.sendWindow(), stream.receiveWindow(),
					Leak.of(stream.leak()));
		}

	}

	/**
	 * A response that nobody has read for too long.
	 *
	 * @param quietFor how long
	 * @param callSite the innermost frames of the application when it asked for it; empty
	 * if they are not known
	 */
	@JsonInclude
	@JsonPropertyOrder({ "quietFor", "callSite" })
	public record Leak(String quietFor, List<String> callSite) {

		private static @Nullable Leak of(StreamSnapshot.@Nullable Leak leak) {
			return (leak != null) ? new Leak(leak.quietFor().toString(), leak.callSite()) : null;
		}

	}

}
