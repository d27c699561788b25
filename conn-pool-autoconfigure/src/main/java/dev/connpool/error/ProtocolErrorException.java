package dev.connpool.error;

/**
 * Raised when a server breaks the rules of HTTP. The message names the rule. The
 * connection is closed, or on HTTP/2 the stream alone where the others can go on.
 */
public final class ProtocolErrorException extends ConnPoolException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param rule what is wrong, and the section of the RFC that says so
	 * @param cause what the decoder reported
	 */
	public ProtocolErrorException(String client, String host, String rule, Throwable cause) {
		super(client, host, "%s: %s".formatted(rule, Printable.part(cause.getMessage())), cause);
	}

	/**
	 * Create an exception for what the decoder has accepted.
	 * @param client the client name
	 * @param host the host
	 * @param rule what is wrong, and the section of the RFC that says so
	 */
	public ProtocolErrorException(String client, String host, String rule) {
		super(client, host, rule, null);
	}

	/**
	 * Create an exception for an error that ended an HTTP/2 connection.
	 * @param client the client name
	 * @param host the host
	 * @param error the name of the error code
	 * @param lost which exchange was lost
	 * @param cause what the decoder reported
	 * @return a new exception
	 */
	public static ProtocolErrorException ofConnection(String client, String host, String error, String lost,
			Throwable cause) {
		return new ProtocolErrorException(client, host,
				"%s The error was %s (RFC 9113, section 5.4.1)".formatted(lost, error), cause);
	}

	/**
	 * Create an exception for a server that sends something on every new connection
	 * before there is a request.
	 * @param client the client name
	 * @param host the host
	 * @return a new exception
	 */
	public static ProtocolErrorException unsolicited(String client, String host) {
		return new ProtocolErrorException(client, host, "the server sends before it is asked"
				+ " (RFC 9112, section 9.2), on one connection after the other. Does it speak HTTP?");
	}

	/**
	 * Create an exception for a response whose header is too large.
	 * @param client the client name
	 * @param host the host as {@code scheme://host:port}
	 * @param limit the limit
	 * @param property the full name of the property that holds it
	 * @param cause the cause
	 * @return a new exception
	 */
	public static ProtocolErrorException headerTooLarge(String client, String host, int limit, String property,
			Throwable cause) {
		return tooLarge(client, host, "the response header", limit, property, cause);
	}

	/**
	 * Create an exception for a part of a response that is too large.
	 * @param client the client name
	 * @param host the host as {@code scheme://host:port}
	 * @param part the part
	 * @param limit the limit
	 * @param property the full name of the property that holds it
	 * @param cause the cause
	 * @return a new exception
	 */
	public static ProtocolErrorException tooLarge(String client, String host, String part, int limit, String property,
			Throwable cause) {
		return new ProtocolErrorException(client, host,
				"%s is larger than %d bytes. Raise '%s' if that is to be expected".formatted(part, limit, property),
				cause);
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		// Raised by what was received: the stack would only show the event loop.
		return this;
	}

}
