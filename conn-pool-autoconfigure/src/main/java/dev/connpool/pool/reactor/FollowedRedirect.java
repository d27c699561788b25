package dev.connpool.pool.reactor;

import java.util.Set;
import java.util.function.BiPredicate;

import dev.connpool.pool.exchange.Redirect;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Makes Reactor Netty follow redirects as {@link Redirect} says, unless the application
 * has a predicate of its own that may decline.
 */
final class FollowedRedirect {

	private static final Set<String> WEB_SOCKET = Set.of("http", "https", "ws", "wss");

	/** What Reactor Netty goes by unless it is told otherwise. */
	private static final @Nullable BiPredicate<HttpClientRequest, HttpClientResponse> USUAL = HttpClient.newConnection()
		.followRedirect(true)
		.configuration()
		.followRedirectPredicate();

	private FollowedRedirect() {
	}

	/**
	 * Look at a response that may be a redirect. What Reactor Netty does not know is
	 * written into it where it is certain to be followed: that a POST becomes a GET, that
	 * a HEAD does not, and what is meant by a relative {@code Location}.
	 * @param response the head of the response
	 * @param request the request
	 * @param origin the host that it was sent to
	 * @param predicate says what is followed
	 * @return the redirect, or {@code null} if it is none
	 */
	static @Nullable Redirect of(HttpResponse response, HttpClientRequest request, String origin,
			BiPredicate<HttpClientRequest, HttpClientResponse> predicate) {
		Redirect redirect = Redirect.of(response, request.method().name(), request.uri(), origin,
				request.isWebsocket() ? WEB_SOCKET : Redirect.HTTP);
		if (redirect == null) {
			return null;
		}
		if (predicate == USUAL) {
			if (redirect.target() != null) {
				response.headers().set(HttpHeaderNames.LOCATION, redirect.target());
			}
			response.setStatus(followedAs(redirect, response.status(), request.method()));
			return redirect;
		}
		return new Redirect(redirect.status(), redirect.target(),
				redirect.getWithoutBody() && redirect.status() == HttpResponseStatus.SEE_OTHER.code(),
				redirect.obstacle());
	}

	private static HttpResponseStatus followedAs(Redirect redirect, HttpResponseStatus status, HttpMethod method) {
		if (redirect.getWithoutBody()) {
			return HttpResponseStatus.SEE_OTHER;
		}
		return (HttpMethod.HEAD.equals(method) && redirect.status() == 303) ? HttpResponseStatus.FOUND : status;
	}

}
