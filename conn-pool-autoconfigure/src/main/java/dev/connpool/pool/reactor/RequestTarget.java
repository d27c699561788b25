package dev.connpool.pool.reactor;

import java.net.URI;

import dev.connpool.error.RedirectException;
import dev.connpool.pool.exchange.Redirect;
import dev.connpool.pool.exchange.RedirectedRequest;
import dev.connpool.pool.exchange.Redirects;
import dev.connpool.pool.host.Host;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * What a request on the direct transport asks for, and of whom: another one after each
 * redirect.
 */
final class RequestTarget {

	private final DirectTransport transport;

	private String method;

	private Origin origin;

	private String resource;

	private @Nullable Redirects redirects;

	/**
	 * Create a target.
	 * @param transport what sends the request
	 * @param method the method
	 * @param uri where it goes, perhaps relative to what the client knows
	 * @throws IllegalArgumentException if there is no host that it can be sent to
	 */
	RequestTarget(DirectTransport transport, String method, URI uri) {
		URI absolute = transport.absolute(uri);
		this.transport = transport;
		this.method = method;
		this.origin = transport.origin(absolute);
		this.resource = Origin.resource(absolute);
	}

	String method() {
		return this.method;
	}

	Origin origin() {
		return this.origin;
	}

	String resource() {
		return this.resource;
	}

	@Nullable Redirects redirects() {
		return this.redirects;
	}

	@Nullable RedirectedRequest redirected(Host host) {
		return (this.redirects != null) ? this.redirects.next(host) : null;
	}

	/**
	 * Look at a response that may be a redirect.
	 * @param head the response
	 * @param host the host that sent it
	 * @return the redirect, or {@code null} if it is none or the client follows none
	 */
	@Nullable Redirect redirect(HttpResponse head, Host host) {
		return this.transport.followsRedirects()
				? Redirect.of(head, this.method, this.resource, host.origin(), Redirect.HTTP) : null;
	}

	/**
	 * Find out whether a redirect can be followed.
	 * @param redirect the redirect
	 * @param host the host that sent it
	 * @return what is in the way, or {@code null} if nothing is
	 */
	@Nullable RedirectException obstacle(Redirect redirect, Host host) {
		Redirects redirects = this.redirects;
		if (redirects == null) {
			redirects = new Redirects(host.origin());
			this.redirects = redirects;
		}
		return redirects.follow(redirect, host);
	}

	/**
	 * Go where a redirect leads.
	 * @param redirect the redirect
	 * @throws IllegalArgumentException if no request can be sent there
	 */
	void follow(Redirect redirect) {
		URI target = URI.create(String.valueOf(redirect.target()));
		this.origin = this.transport.origin(target);
		this.resource = Origin.resource(target);
		if (redirect.getWithoutBody()) {
			this.method = HttpMethod.GET.name();
		}
	}

	void complete(HttpHeaders headers, @Nullable RedirectedRequest redirected) {
		this.transport.complete(headers, this.origin);
		if (redirected != null) {
			redirected.amend(headers, false);
		}
	}

}
