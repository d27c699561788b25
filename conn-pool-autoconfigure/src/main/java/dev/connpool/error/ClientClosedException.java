package dev.connpool.error;

/**
 * Raised when a request is made with a client that has been shut down.
 */
public final class ClientClosedException extends ConnPoolException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 */
	public ClientClosedException(String client, String host) {
		super(client, host, "the client has been shut down with its application context.", null);
	}

}
