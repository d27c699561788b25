package dev.connpool.error;

/**
 * Raised when a request is made with a client that has been shut down, or whose event
 * loops have been.
 */
public final class ClientClosedException extends ConnPoolException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 */
	public ClientClosedException(String client, String host) {
		this(client, host, "the client has been shut down with its application context.");
	}

	private ClientClosedException(String client, String host, String message) {
		super(client, host, message, null);
	}

	/**
	 * Create an exception for a client whose event loops have been stopped although it
	 * has not been shut down.
	 * @param client the client name
	 * @param host the host
	 * @return a new exception
	 */
	public static ClientClosedException ofEventLoops(String client, String host) {
		return new ClientClosedException(client, host,
				"the event loops that the client runs on have been stopped, by its application context or by another one of this JVM that shares them (the global resources of ReactorResourceFactory).");
	}

}
