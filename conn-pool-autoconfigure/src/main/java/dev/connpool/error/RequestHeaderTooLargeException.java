package dev.connpool.error;

/**
 * Raised when the header of a request is larger than the server accepts over HTTP/2 (RFC
 * 9113, section 6.5.2). It was not sent. The message tells the sizes and the names of the
 * largest fields, never their values.
 */
public final class RequestHeaderTooLargeException extends ConnPoolException {

	private final long size;

	private final long limit;

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param section what is too large, as the beginning of a sentence
	 * @param size its size in bytes
	 * @param limit most bytes that the server accepts
	 * @param largest the names and sizes of its largest fields
	 */
	public RequestHeaderTooLargeException(String client, String host, String section, long size, long limit,
			String largest) {
		super(client, host,
				("%s of %d bytes, of which the server accepts %d at most (SETTINGS_MAX_HEADER_LIST_SIZE; RFC 9113,"
						+ " section 6.5.2). Send less, or raise the limit of the server. Largest: %s.")
					.formatted(section, size, limit, largest),
				null);
		this.size = size;
		this.limit = limit;
	}

	/**
	 * Return how large the header is.
	 * @return the bytes of names and values, and 32 for each field
	 */
	public long size() {
		return this.size;
	}

	/**
	 * Return how large it may be.
	 * @return most bytes that the server accepts
	 */
	public long limit() {
		return this.limit;
	}

	@Override
	public synchronized Throwable fillInStackTrace() {
		// Raised by what is written: the stack would only show the event loop.
		return this;
	}

}
