package dev.connpool.error;

import org.jspecify.annotations.Nullable;

/**
 * Raised when a connection or its stream ended before the response had. The message tells
 * which exchange was lost on which connection, and why the request was not sent again.
 * The cause, where there is one, is what Netty or Reactor Netty reported.
 */
public final class ConnectionLostException extends ConnPoolException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param message what was lost, and why it was not sent again
	 * @param cause what was reported, or {@code null}
	 */
	public ConnectionLostException(String client, String host, String message, @Nullable Throwable cause) {
		super(client, host, message, cause);
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		// Raised by an event of the network: the stack would only show the event loop.
		return this;
	}

}
