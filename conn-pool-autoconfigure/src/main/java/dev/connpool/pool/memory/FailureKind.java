package dev.connpool.pool.memory;

import dev.connpool.error.AcquireTimeoutException;
import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.ConnectionLostException;
import dev.connpool.error.DeadlineException;
import dev.connpool.error.NoCommonProtocolException;
import dev.connpool.error.PendingAcquiresFullException;
import dev.connpool.error.ProtocolErrorException;
import dev.connpool.error.RequestTimeoutException;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.error.StreamIdleTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * How a request fails, as far as that says something about its host.
 */
public enum FailureKind {

	/** The name could not be resolved. */
	DNS_ERROR("dns-error"),

	/** No socket could be connected. */
	CONNECT_ERROR("connect-error"),

	/** The proxy opened no tunnel. */
	PROXY_ERROR("proxy-error"),

	/** TLS failed. */
	TLS_ERROR("tls-error"),

	/** The connection or the stream went away under the request. */
	RESET("reset"),

	/** The server broke the rules of HTTP, or speaks no protocol that the client does. */
	PROTOCOL_ERROR("protocol-error"),

	/** It waited for a connection for longer than {@code timeouts.acquire}. */
	ACQUIRE_TIMEOUT("acquire-timeout"),

	/**
	 * The header of the response did not come within {@code timeouts.response-header}.
	 */
	RESPONSE_TIMEOUT("response-timeout"),

	/** It was not over within {@code timeouts.request}. */
	REQUEST_TIMEOUT("request-timeout"),

	/** An event stream was silent for longer than {@code timeouts.stream-idle}. */
	STREAM_IDLE_TIMEOUT("stream-idle-timeout"),

	/** As many wait for a connection as {@code pool.max-pending-acquires} allows. */
	TURNED_AWAY("turned-away"),

	/** The server answered with a status of 500 to 599. */
	SERVER_ERROR("status-5xx");

	private final String id;

	FailureKind(String id) {
		this.id = id;
	}

	/**
	 * Tell how a request failed.
	 * @param error what its caller is told
	 * @return the kind, or {@code null} if neither the host nor the limits and deadlines
	 * of this client have to do with it
	 */
	public static @Nullable FailureKind of(Throwable error) {
		if (error instanceof DeadlineException) {
			return ofDeadline(error);
		}
		if (error instanceof ConnectionFailedException failed) {
			return switch (failed.phase()) {
				case DNS -> DNS_ERROR;
				case CONNECT -> CONNECT_ERROR;
				case PROXY -> PROXY_ERROR;
				case TLS -> TLS_ERROR;
				case SETTINGS -> PROTOCOL_ERROR;
			};
		}
		if (error instanceof ConnectionLostException) {
			return RESET;
		}
		if (error instanceof PendingAcquiresFullException) {
			return TURNED_AWAY;
		}
		return (error instanceof ProtocolErrorException || error instanceof NoCommonProtocolException) ? PROTOCOL_ERROR
				: null;
	}

	private static @Nullable FailureKind ofDeadline(Throwable error) {
		if (error instanceof RequestTimeoutException) {
			return REQUEST_TIMEOUT;
		}
		if (error instanceof ResponseHeaderTimeoutException) {
			return RESPONSE_TIMEOUT;
		}
		if (error instanceof AcquireTimeoutException) {
			return ACQUIRE_TIMEOUT;
		}
		return (error instanceof StreamIdleTimeoutException) ? STREAM_IDLE_TIMEOUT : null;
	}

	/**
	 * Return whether a deadline passed.
	 * @return whether the kind is that of a deadline
	 */
	public boolean isDeadline() {
		return switch (this) {
			case ACQUIRE_TIMEOUT, RESPONSE_TIMEOUT, REQUEST_TIMEOUT, STREAM_IDLE_TIMEOUT -> true;
			default -> false;
		};
	}

	/**
	 * Return the kind as it is shown.
	 * @return the key in {@code failedByKind}, such as {@code response-timeout}
	 */
	@Override
	public String toString() {
		return this.id;
	}

}
