package dev.connpool.pool.connection;

/**
 * How far the life of a connection has come. It never goes back, and may leave out what
 * lies between.
 */
enum ConnectionState {

	/** Its socket is being connected, secured, and a protocol negotiated. */
	OPENING,

	/** Exchanges begin on it. While it carries none it is idle. */
	OPEN,

	/** Nothing more is assigned to it, and it is closed when it carries nothing. */
	DRAINING,

	/** This end closes it, which may take a while: nothing begins on it. */
	CLOSING,

	/** Its socket is closed. */
	CLOSED;

	/**
	 * Return whether a connection may come from this state to another.
	 * @param next the other state
	 * @return whether that lies ahead
	 */
	boolean precedes(ConnectionState next) {
		return compareTo(next) < 0;
	}

	/**
	 * Return whether an exchange that was granted the connection may begin.
	 * @return whether nobody here has begun to close it
	 */
	boolean mayCarry() {
		return precedes(CLOSING);
	}

}
