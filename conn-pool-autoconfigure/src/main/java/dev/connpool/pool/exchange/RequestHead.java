package dev.connpool.pool.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The head of the request of an exchange, as far as it is known: a redirect changes it,
 * and callers add to it until it is written. Only used on the event loop of the
 * connection.
 */
interface RequestHead {

	/**
	 * Return the method.
	 * @return the method of the request that is being sent, or else that the caller asked
	 * for
	 */
	String method();

	/**
	 * Return the path.
	 * @return the path and query; nothing if they are not known yet
	 */
	String path();

	/**
	 * Return the header.
	 * @return the header, or {@code null} if it is not known yet
	 */
	@Nullable HttpHeaders headers();

	/**
	 * Return the URI template.
	 * @return its path, or {@code null} if the request was made without one, or that is
	 * not known yet
	 */
	@Nullable String template();

}
