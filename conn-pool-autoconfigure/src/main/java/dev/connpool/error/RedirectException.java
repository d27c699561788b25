package dev.connpool.error;

import org.jspecify.annotations.Nullable;

/**
 * Raised when a redirect cannot be followed (RFC 9110, section 15.4). The message names
 * the host that sent it and why; it never contains the URI that the server sent.
 */
public final class RedirectException extends ConnPoolException {

	private final int status;

	private RedirectException(String client, String host, int status, String message, @Nullable Throwable cause) {
		super(client, host, message, cause);
		this.status = status;
	}

	/**
	 * Create an exception for a request that was redirected too often.
	 * @param client the client name
	 * @param host the host that redirected it last
	 * @param status the status of that response
	 * @param most how many redirects are followed
	 * @return a new exception
	 */
	public static RedirectException tooMany(String client, String host, int status, int most) {
		return new RedirectException(client, host, status,
				("the request was redirected more than %d times, the last time with %d by this host. Its redirects"
						+ " probably lead in a circle, as they do when it expects a cookie or credentials")
					.formatted(most, status),
				null);
	}

	/**
	 * Create an exception for a redirect to what is no place to go.
	 * @param client the client name
	 * @param host the host that sent it
	 * @param status the status of its response
	 * @param obstacle what is wrong with its {@code Location}
	 * @return a new exception
	 */
	public static RedirectException unusable(String client, String host, int status, String obstacle) {
		return new RedirectException(client, host, status,
				"the redirect with %d cannot be followed: its Location %s (RFC 9110, section 10.2.2)".formatted(status,
						obstacle),
				null);
	}

	/**
	 * Create an exception for a request body that can be read only once.
	 * @param client the client name
	 * @param host the host that the request was redirected to
	 * @param status the status of the redirect
	 * @param cause why the body could not be sent
	 * @return a new exception
	 */
	public static RedirectException bodySpent(String client, String host, int status, Throwable cause) {
		return new RedirectException(client, host, status,
				("the request was redirected to this host with %d, but its body could not be sent a second time (%s)."
						+ " Use a body that can be read again")
					.formatted(status, cause.getClass().getSimpleName()),
				cause);
	}

	/**
	 * Return the status of the redirect.
	 * @return the status code
	 */
	public int status() {
		return this.status;
	}

}
