package dev.connpool.pool;

/**
 * Why a connection was closed.
 */
enum CloseReason {

	IDLE_TIMEOUT("idle-timeout"),

	MAX_LIFETIME("max-lifetime"),

	MAX_IDLE_PER_HOST("max-idle-per-host"),

	MAX_IDLE("max-idle"),

	PEER_CLOSED("peer-closed"),

	PEER_RESET("peer-reset"),

	GOAWAY("goaway"),

	PING_TIMEOUT("ping-timeout"),

	RESPONSE_TIMEOUT("response-timeout"),

	REQUEST_TIMEOUT("request-timeout"),

	CANCELLED("cancelled"),

	LEAKED("leaked"),

	REFUSED_UPGRADE("refused-upgrade"),

	PROTOCOL_ERROR("protocol-error"),

	TLS_ERROR("tls-error"),

	CONNECT_ERROR("connect-error"),

	KEEP_ALIVE_OFF("keep-alive-off"),

	/** By an operator. */
	DRAINED("drained"),

	/** By an operator, while it was idle. */
	IDLE_CLOSED("idle-closed"),

	/** Its host's name does not stand for its address any more. */
	ADDRESS_REMOVED("address-removed"),

	/** Its settings or its TLS context have been replaced. */
	SUPERSEDED("superseded"),

	/** It was idle, and another one had to be opened. */
	EVICTED("evicted"),

	SHUTDOWN("shutdown");

	private final String id;

	CloseReason(String id) {
		this.id = id;
	}

	@Override
	public String toString() {
		return this.id;
	}

}
