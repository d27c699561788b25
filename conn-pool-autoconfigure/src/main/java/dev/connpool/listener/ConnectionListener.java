package dev.connpool.listener;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Callback for what connections do. It is called on event loops, in the order of events
 * for each connection: it must return at once and never block. What it throws is logged
 * and otherwise ignored.
 */
public interface ConnectionListener {

	/**
	 * Called when a connection is ready for its first exchange.
	 * @param connection the connection
	 * @param took how long it took to open, TLS included
	 */
	default void opened(ConnectionInfo connection, Duration took) {
	}

	/**
	 * Called when an exchange is given a connection.
	 * @param connection the connection
	 * @param waited how long the exchange waited for it
	 * @param reused whether the connection had served another exchange
	 */
	default void acquired(ConnectionInfo connection, Duration waited, boolean reused) {
	}

	/**
	 * Called when an exchange has ended and its connection, or its stream, is free.
	 * @param connection the connection
	 */
	default void released(ConnectionInfo connection) {
	}

	/**
	 * Called when a connection that was opened has ended.
	 * @param connection the connection
	 * @param reason why, such as {@code idle-timeout}
	 * @param age how long it was open
	 */
	default void closed(ConnectionInfo connection, String reason, Duration age) {
	}

	/**
	 * Called when no connection could be opened.
	 * @param client the client name
	 * @param host the host, as {@code scheme://host:port}
	 * @param reason why, such as {@code tls-error}
	 */
	default void failed(String client, String host, String reason) {
	}

	/**
	 * Called when the outcome of sending a request again is known.
	 * @param client the client name
	 * @param host the host, as {@code scheme://host:port}
	 * @param reason why it was sent again, such as {@code goaway}
	 * @param outcome {@code answered} or {@code failed}, or {@code rejected} if it was
	 * not sent because too many were
	 */
	default void replayed(String client, String host, String reason, String outcome) {
	}

	/**
	 * Called when nobody has read a response for longer than is taken for an oversight,
	 * once for each.
	 * @param connection the connection that it holds
	 */
	default void leaked(ConnectionInfo connection) {
	}

	/**
	 * Called when an HTTP/2 stream is opened.
	 * @param connection the connection
	 */
	default void streamOpened(ConnectionInfo connection) {
	}

	/**
	 * Called when an HTTP/2 stream has ended.
	 * @param connection the connection
	 * @param reset the error code (RFC 9113, section 7) by name if the server reset the
	 * stream, or {@code null}
	 */
	default void streamClosed(ConnectionInfo connection, @Nullable String reset) {
	}

	/**
	 * Called when a server announces that it takes no more streams (RFC 9113, section
	 * 6.8).
	 * @param connection the connection
	 * @param error the error code by name
	 */
	default void goAwayReceived(ConnectionInfo connection, String error) {
	}

	/**
	 * Called when a server answers a PING (RFC 9113, section 6.7).
	 * @param connection the connection
	 * @param roundTrip how long that took
	 */
	default void pingAcknowledged(ConnectionInfo connection, Duration roundTrip) {
	}

}
