package dev.connpool.error;

/**
 * Raised when none of the protocols of a client can be spoken with a host.
 */
public final class NoCommonProtocolException extends ConnPoolException {

	/**
	 * Create an exception.
	 * @param client the client name
	 * @param host the host
	 * @param protocols the protocols of the client
	 * @param obstacle why none of them can be spoken, and what to add
	 */
	public NoCommonProtocolException(String client, String host, String protocols, String obstacle) {
		super(client, host, "'protocols' is '%s', but %s.".formatted(protocols, obstacle), null);
	}

}
