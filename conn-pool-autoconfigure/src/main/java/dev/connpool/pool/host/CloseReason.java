package dev.connpool.pool.host;

/**
 * Why a connection was closed.
 */
public enum CloseReason {

	/** It was idle for as long as the settings, or its server, allow. */
	IDLE_TIMEOUT("idle-timeout"),

	/** It was open for as long as the settings allow. */
	MAX_LIFETIME("max-lifetime"),

	/** Too many were idle for its host. */
	MAX_IDLE_PER_HOST("max-idle-per-host"),

	/** Too many were idle for all hosts of the client. */
	MAX_IDLE("max-idle"),

	/** By the server, in order. */
	PEER_CLOSED("peer-closed"),

	/** By the server or the network: reading or writing failed. */
	PEER_RESET("peer-reset"),

	/** The server said that it will serve no more (RFC 9113, section 6.8). */
	GOAWAY("goaway"),

	/** The server did not answer a PING (RFC 9113, section 6.7). */
	PING_TIMEOUT("ping-timeout"),

	/** The response took too long, on HTTP/1.1. */
	RESPONSE_TIMEOUT("response-timeout"),

	/** The request took too long, on HTTP/1.1. */
	REQUEST_TIMEOUT("request-timeout"),

	/**
	 * On HTTP/1.1 the caller gave up, or its request could not go on. On either protocol
	 * the application closed it, or an error that is nobody else's concern ended it; on
	 * HTTP/2 too many of its streams were reset.
	 */
	CANCELLED("cancelled"),

	/** Nobody read the response, on HTTP/1.1. */
	LEAKED("leaked"),

	/** The server did not switch protocols (RFC 9110, section 7.8). */
	REFUSED_UPGRADE("refused-upgrade"),

	/** The server broke the rules of HTTP. */
	PROTOCOL_ERROR("protocol-error"),

	/** TLS failed. */
	TLS_ERROR("tls-error"),

	/** It could not be connected. */
	CONNECT_ERROR("connect-error"),

	/** The server, or the settings, wanted one exchange only. */
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

	/** The client is shut down, or its event loops are. */
	SHUTDOWN("shutdown");

	private final String id;

	CloseReason(String id) {
		this.id = id;
	}

	// What follows from it

	/**
	 * Return whether the server, or the network, ended the connection.
	 * @return whether it would have stayed open otherwise
	 */
	public boolean isByServer() {
		return switch (this) {
			case PEER_CLOSED, PEER_RESET, GOAWAY -> true;
			default -> false;
		};
	}

	/**
	 * Return whether another connection to the same address is wanted in place of the one
	 * that ended.
	 * @return whether it ended although it was needed
	 */
	public boolean isMissed() {
		return switch (this) {
			case IDLE_TIMEOUT, MAX_IDLE, MAX_IDLE_PER_HOST, DRAINED, IDLE_CLOSED, ADDRESS_REMOVED, SUPERSEDED, EVICTED,
					SHUTDOWN, KEEP_ALIVE_OFF ->
				false;
			default -> true;
		};
	}

	/**
	 * Return whether nothing is wrong with a host whose connection ended unused and soon
	 * after it was opened.
	 * @return whether an operator, the settings or the client wanted it so; another one
	 * may be opened at once
	 */
	public boolean isIntended() {
		return switch (this) {
			case DRAINED, IDLE_CLOSED, ADDRESS_REMOVED, SUPERSEDED, EVICTED, SHUTDOWN, MAX_LIFETIME, IDLE_TIMEOUT ->
				true;
			default -> false;
		};
	}

	/**
	 * Say what happened to the connection.
	 * @return the end of a sentence
	 */
	public String describe() {
		return switch (this) {
			case PEER_CLOSED -> "the server closed the connection";
			case PEER_RESET -> "the server reset the connection";
			case PING_TIMEOUT -> "the server did not answer a PING";
			case GOAWAY -> "the server sent GOAWAY and closed the connection";
			case PROTOCOL_ERROR -> "the connection was closed because of an error of the server";
			default -> "the connection was closed (%s)".formatted(this.id);
		};
	}

	/**
	 * Return the reason as it is shown.
	 * @return the value of the tag {@code reason}, such as {@code idle-timeout}
	 */
	@Override
	public String toString() {
		return this.id;
	}

}
