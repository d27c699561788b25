package dev.connpool.error;

import java.util.Locale;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

/**
 * Raised when a connection or its stream ended before the response had. The message tells
 * which exchange was lost on which connection, and why the request was not sent again.
 * The cause, where there is one, is what Netty or Reactor Netty reported.
 */
public final class ConnectionLostException extends ConnPoolException {

	private static final int DEEPEST = 8;

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param message what was lost, and why it was not sent again
	 * @param cause what was reported, or {@code null}
	 */
	public ConnectionLostException(String client, String host, String message, @Nullable Throwable cause) {
		super(client, host, message + alert(client, cause), cause);
	}

	// In TLS 1.3 a server refuses the certificate of a client when the handshake is over
	// for the client (RFC 8446, section 4.4.2.4).
	private static String alert(String client, @Nullable Throwable cause) {
		SSLException alert = find(cause);
		return (alert != null) ? " TLS said: %s.%s".formatted(Printable.part(alert.getMessage()), remedy(client, alert))
				: "";
	}

	/**
	 * Say what to do about an alert.
	 * @param client the client name
	 * @param cause what TLS said
	 * @return a sentence that begins with a space, or nothing
	 */
	static String remedy(String client, Throwable cause) {
		SSLException alert = find(cause);
		String text = (alert != null) ? String.valueOf(alert.getMessage()).toLowerCase(Locale.ROOT) : "";
		if (text.contains("certificate_required")) {
			return " The server wants a certificate of the client: set '%s'.".formatted(property(client, "ssl.bundle"));
		}
		return text.contains("bad_certificate")
				? " The server refuses the certificate of the client, or wants one: check '%s'."
					.formatted(property(client, "ssl.bundle"))
				: "";
	}

	private static @Nullable SSLException find(@Nullable Throwable cause) {
		Throwable each = cause;
		for (int depth = 0; each != null && depth < DEEPEST; depth++) {
			if (each instanceof SSLException alert) {
				return alert;
			}
			each = each.getCause();
		}
		return null;
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		// Raised by an event of the network: the stack would only show the event loop.
		return this;
	}

}
