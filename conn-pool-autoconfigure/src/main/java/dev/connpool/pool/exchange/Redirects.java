package dev.connpool.pool.exchange;

import dev.connpool.error.RedirectException;
import dev.connpool.pool.host.Host;
import org.jspecify.annotations.Nullable;

/**
 * The redirects that one request of a caller has followed, one after another, each on the
 * event loop of its connection.
 */
public final class Redirects {

	/** How many are followed: as many as curl and browsers agree on. */
	private static final int MOST = 20;

	private final String origin;

	private int followed;

	private int status;

	private boolean withoutBody;

	private boolean elsewhere;

	/**
	 * Begin.
	 * @param origin the host that the caller named
	 */
	public Redirects(String origin) {
		this.origin = origin;
	}

	/**
	 * Follow another redirect.
	 * @param redirect the redirect
	 * @param host the host that sent it
	 * @return why it is not followed, or {@code null} if it is
	 */
	public @Nullable RedirectException follow(Redirect redirect, Host host) {
		if (redirect.obstacle() != null) {
			return RedirectException.unusable(host.client(), host.origin(), redirect.status(), redirect.obstacle());
		}
		if (this.followed == MOST) {
			return RedirectException.tooMany(host.client(), host.origin(), redirect.status(), MOST);
		}
		this.followed++;
		this.status = redirect.status();
		this.withoutBody |= redirect.getWithoutBody();
		return null;
	}

	/**
	 * Return what is different about the next request.
	 * @param host the host that it is for
	 * @return what changes, or {@code null} if all stays as the caller wrote it
	 */
	public @Nullable RedirectedRequest next(Host host) {
		// Whoever was sent away once does not get back what was taken away.
		this.elsewhere |= !host.origin().equalsIgnoreCase(this.origin);
		return (this.elsewhere || this.withoutBody)
				? new RedirectedRequest(this.elsewhere ? host : null, this.withoutBody) : null;
	}

	/**
	 * Say that the body of the request could not be sent again.
	 * @param host the host that it was for
	 * @param cause what the body reported
	 * @return the error
	 */
	public RedirectException bodySpent(Host host, Throwable cause) {
		return RedirectException.bodySpent(host.client(), host.origin(), this.status, cause);
	}

}
