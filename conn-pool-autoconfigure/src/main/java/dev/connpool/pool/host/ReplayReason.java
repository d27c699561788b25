package dev.connpool.pool.host;

/**
 * Why a request is sent again.
 */
public enum ReplayReason {

	/** Nothing of it had been written. */
	NOT_WRITTEN("not-written"),

	/** The server said with GOAWAY that it did not process it (RFC 9113, section 6.8). */
	GOAWAY("goaway"),

	/** The server refused the stream before processing it (RFC 9113, section 8.7). */
	REFUSED_STREAM("refused-stream"),

	/** A connection that had worked broke before the first byte of the response. */
	CONNECTION_LOST("connection-lost"),

	/** The server answered with a status after which the client was told to try again. */
	STATUS("status");

	private final String id;

	ReplayReason(String id) {
		this.id = id;
	}

	@Override
	public String toString() {
		return this.id;
	}

}
