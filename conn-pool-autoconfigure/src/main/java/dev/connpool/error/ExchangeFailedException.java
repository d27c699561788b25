package dev.connpool.error;

/**
 * Raised when an {@link Error}, such as memory that has run out, ended an exchange. Its
 * connection was closed, or on HTTP/2 its stream reset; the client goes on.
 */
public final class ExchangeFailedException extends ConnPoolException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param cause the error
	 */
	public ExchangeFailedException(String client, String host, Error cause) {
		super(client, host,
				"the exchange was ended by %s%s".formatted(cause.getClass().getName(),
						(cause instanceof OutOfMemoryError)
								? ": memory has run out, which more of it or smaller bodies would prevent" : ""),
				cause);
	}

}
