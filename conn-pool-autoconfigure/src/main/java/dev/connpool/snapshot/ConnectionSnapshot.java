package dev.connpool.snapshot;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One connection at one instant.
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
 * @param streams the exchanges in flight, one at most on HTTP/1.1; cut at a bound
 * @param omittedStreams how many exchanges were cut from the list
 */
public record ConnectionSnapshot(String id, @Nullable String protocol, State state, @Nullable String localAddress,
		@Nullable String remoteAddress, @Nullable Tls tls, Instant openedAt, Duration age, @Nullable Duration idleFor,
		long exchanges, long bytesSent, long bytesReceived, Phases phases, @Nullable Http2 http2,
		List<StreamSnapshot> streams, int omittedStreams) {

	/**
	 * Add what only HTTP/2 has.
	 * @param http2 how it is
	 * @return the connection with that
	 */
	public ConnectionSnapshot with(Http2 http2) {
		return new ConnectionSnapshot(this.id, this.protocol, this.state, this.localAddress, this.remoteAddress,
				this.tls, this.openedAt, this.age, this.idleFor, this.exchanges, this.bytesSent, this.bytesReceived,
				this.phases, http2, this.streams, this.omittedStreams);
	}

	/**
	 * What a connection is doing.
	 */
	public enum State {

		/**
		 * Resolving the name and connecting the socket.
		 */
		CONNECTING,

		/**
		 * Negotiating TLS.
		 */
		HANDSHAKING,

		/**
		 * In use.
		 */
		ACTIVE,

		/**
		 * Open and unused.
		 */
		IDLE,

		/**
		 * Suspected dead and not given out until a PING is answered.
		 */
		PROBING,

		/**
		 * Not given out any more, closed when its exchanges end.
		 */
		DRAINING

	}

	/**
	 * What TLS negotiated.
	 *
	 * @param version the TLS version
	 * @param cipher the cipher suite
	 * @param alpn the application protocol, or {@code null} if the server chose none
	 * @param sessionReused whether an earlier session was resumed
	 */
	public record Tls(String version, String cipher, @Nullable String alpn, boolean sessionReused) {
	}

	/**
	 * How long it took to open; {@code null} for what has not been done.
	 *
	 * @param dns resolving the name
	 * @param connect connecting the socket
	 * @param tls the TLS handshake
	 */
	public record Phases(@Nullable Duration dns, @Nullable Duration connect, @Nullable Duration tls) {
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
	 * @param headerBytes the request headers sent
	 */
	public record Http2(int activeStreams, long maxConcurrentStreams, @Nullable GoAway goAway,
			@Nullable Duration pingRtt, int sendWindow, int receiveWindow, HeaderBytes headerBytes) {
	}

	/**
	 * A GOAWAY frame (RFC 9113, section 6.8).
	 *
	 * @param lastStreamId the last stream that the server may have processed
	 * @param errorCode the error code, by name
	 */
	public record GoAway(int lastStreamId, String errorCode) {
	}

	/**
	 * Request header bytes before and after HPACK (RFC 7541).
	 *
	 * @param raw names and values, uncompressed
	 * @param wire what was sent
	 */
	public record HeaderBytes(long raw, long wire) {
	}

}
