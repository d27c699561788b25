package dev.connpool.error;

/**
 * Raised when the body of a request is not as long as the request says. What is too much
 * is not sent, and what was used for the request serves no other: the connection is
 * closed, or on HTTP/2 the stream is reset.
 */
public final class ContentLengthException extends ConnPoolException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param mistake what is stated and what was there
	 */
	public ContentLengthException(String client, String host, String mistake) {
		super(client, host, "%s. Correct the header, or leave it out.".formatted(mistake), null);
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		// Raised when something is written: the stack would only show the event loop.
		return this;
	}

}
