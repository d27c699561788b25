package dev.connpool.pool.reactor;

import dev.connpool.error.RedirectException;
import dev.connpool.pool.host.Host;
import io.netty.channel.ChannelPipeline;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClientConfig;

/**
 * The redirects that one request of a caller has followed, one after another, each on the
 * event loop of its connection.
 */
final class Redirects {

	/** How many are followed: as many as curl and browsers agree on. */
	static final int MOST = 20;

	private final String origin;

	private int followed;

	private int status;

	private boolean withoutBody;

	private boolean elsewhere;

	/**
	 * Begin.
	 * @param origin the host that the caller named
	 */
	Redirects(String origin) {
		this.origin = origin;
	}

	/**
	 * Follow another redirect.
	 * @param redirect the redirect
	 * @param host the host that sent it
	 * @return why it is not followed, or {@code null} if it is
	 */
	@Nullable RedirectException follow(Redirect redirect, Host host) {
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
	 * See to it that the next request is written as it should be.
	 * @param pipeline where it will be written
	 * @param host the host that it is for
	 * @param config what the caller asked for
	 */
	void prepare(ChannelPipeline pipeline, Host host, HttpClientConfig config) {
		// Whoever was sent away once does not get back what was taken away.
		this.elsewhere |= !host.origin().equalsIgnoreCase(this.origin);
		if (this.elsewhere || this.withoutBody) {
			boolean chosen = config.redirectRequestConsumer() != null || config.redirectRequestBiConsumer() != null;
			pipeline.addBefore(NettyPipeline.ReactiveBridge, null,
					new RedirectedRequestHandler(this.elsewhere ? host : null, chosen, this.withoutBody));
		}
	}

	/**
	 * Say that the body of the request could not be sent again.
	 * @param host the host that it was for
	 * @param cause what the body reported
	 * @return the error
	 */
	RedirectException bodySpent(Host host, Throwable cause) {
		return RedirectException.bodySpent(host.client(), host.origin(), this.status, cause);
	}

}
