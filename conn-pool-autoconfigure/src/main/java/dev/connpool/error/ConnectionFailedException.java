package dev.connpool.error;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Raised when no connection could be opened. The cause, where there is one, is what the
 * JDK or Netty reported, such as {@link java.net.ConnectException},
 * {@link java.net.UnknownHostException} or {@link javax.net.ssl.SSLException}.
 */
public final class ConnectionFailedException extends ConnPoolException {

	private final Phase phase;

	private ConnectionFailedException(String client, String host, Phase phase, String message,
			@Nullable Throwable cause) {
		super(client, host, message, cause);
		this.phase = phase;
	}

	/**
	 * Create an exception for a step that failed.
	 * @param client the client name
	 * @param host the host
	 * @param phase the step that failed
	 * @param after how long after dialling began
	 * @param cause what was reported
	 * @return a new exception
	 */
	public static ConnectionFailedException failed(String client, String host, Phase phase, Duration after,
			Throwable cause) {
		String reason = Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
		return new ConnectionFailedException(client, host, phase,
				"%s failed after %d ms: %s".formatted(phase.text, after.toMillis(), reason), cause);
	}

	/**
	 * Create an exception for a step that took too long.
	 * @param client the client name
	 * @param host the host
	 * @param phase the step that took too long
	 * @param deadline the deadline of the step
	 * @return a new exception
	 */
	public static ConnectionFailedException timedOut(String client, String host, Phase phase, Duration deadline) {
		return new ConnectionFailedException(client, host, phase,
				"%s was not over within %s. Check that the host is reachable, or raise '%s'.".formatted(phase.text,
						DeadlineException.text(deadline), property(client, phase.property)),
				null);
	}

	/**
	 * Return the step that failed.
	 * @return the phase
	 */
	public Phase phase() {
		return this.phase;
	}

	/**
	 * A step of opening a connection.
	 */
	public enum Phase {

		/**
		 * Resolving the name.
		 */
		DNS("name resolution", "timeouts.connect"),

		/**
		 * Connecting the socket.
		 */
		CONNECT("connecting", "timeouts.connect"),

		/**
		 * The TLS handshake, certificate checks and ALPN included.
		 */
		TLS("the TLS handshake", "timeouts.tls-handshake"),

		/**
		 * Waiting for the SETTINGS frame that every HTTP/2 server sends first (RFC 9113,
		 * section 3.4).
		 */
		SETTINGS("the HTTP/2 connection preface", "timeouts.tls-handshake");

		private final String text;

		private final String property;

		Phase(String text, String property) {
			this.text = text;
			this.property = property;
		}

	}

}
