package dev.connpool.pool.reactor;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

/**
 * A response that Reactor Netty follows elsewhere (RFC 9110, section 15.4), unless the
 * application has a predicate of its own that declines.
 *
 * @param status the status
 * @param getWithoutBody whether the next request is a GET without body
 * @param obstacle why it cannot be followed, or {@code null}
 */
record Redirect(int status, boolean getWithoutBody, @Nullable String obstacle) {

	private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

	/** Those of ASCII that no URI may contain as they are (RFC 3986, section 2). */
	private static final String NEVER_IN_URIS = " \"<>\\^`{|}";

	private static final int HIGHEST_PORT = 65_535;

	/** With underscores, which are in no name of a host but in those of services. */
	private static final Pattern AUTHORITY = Pattern
		.compile("(?<host>[\\w.~%!$&'()*+,;=-]+|\\[[0-9a-fA-F:.]+])(:(?<port>\\d{1,5})?)?");

	/** What Reactor Netty goes by unless it is told otherwise. */
	private static final @Nullable BiPredicate<HttpClientRequest, HttpClientResponse> USUAL = HttpClient.newConnection()
		.followRedirect(true)
		.configuration()
		.followRedirectPredicate();

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
		String location = response.headers().get(HttpHeaderNames.LOCATION);
		int status = response.status().code();
		// A socket in the file system is no origin that a reference could be resolved
		// against.
		if (location == null || !STATUSES.contains(status) || !origin.contains("://")) {
			return null;
		}
		HttpMethod method = request.method();
		String obstacle = null;
		try {
			String target = target(location, origin, request);
			if (predicate == USUAL) {
				response.headers().set(HttpHeaderNames.LOCATION, target);
			}
		}
		catch (UnusableException ex) {
			obstacle = ex.obstacle;
		}
		if (predicate == USUAL) {
			response.setStatus(followedAs(response.status(), method));
		}
		return new Redirect(status,
				HttpResponseStatus.SEE_OTHER.equals(response.status()) && !HttpMethod.HEAD.equals(method), obstacle);
	}

	private static HttpResponseStatus followedAs(HttpResponseStatus status, HttpMethod method) {
		if (HttpMethod.POST.equals(method) && (status.code() == 301 || status.code() == 302)) {
			return HttpResponseStatus.SEE_OTHER;
		}
		return (HttpMethod.HEAD.equals(method) && status.code() == 303) ? HttpResponseStatus.FOUND : status;
	}

	/**
	 * Resolve a reference (RFC 3986, section 5.2).
	 * @param location the reference
	 * @param origin the host that sent it
	 * @param request what was asked of that host
	 * @return the URI, without user info, which is not for servers to choose, and without
	 * fragment, which is not for them to see
	 */
	private static String target(String location, String origin, HttpClientRequest request) throws UnusableException {
		URI uri = resolve(encode(location.strip()), URI.create(origin), request.uri());
		String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
		boolean known = scheme.equals("http") || scheme.equals("https")
				|| (request.isWebsocket() && (scheme.equals("ws") || scheme.equals("wss")));
		if (!known) {
			throw new UnusableException("has another scheme than http and https");
		}
		String authority = authority(uri);
		String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
		return scheme + "://" + authority + path + ((uri.getRawQuery() != null) ? "?" + uri.getRawQuery() : "");
	}

	private static String authority(URI uri) throws UnusableException {
		String authority = Objects.requireNonNullElse(uri.getRawAuthority(), "");
		Matcher matcher = AUTHORITY.matcher(authority.substring(authority.lastIndexOf('@') + 1));
		if (!matcher.matches()
				|| (matcher.group("port") != null && Integer.parseInt(matcher.group("port")) > HIGHEST_PORT)) {
			throw new UnusableException("names no host and port");
		}
		return (matcher.group("port") != null) ? matcher.group() : matcher.group("host");
	}

	private static URI resolve(String reference, URI origin, String requested) throws UnusableException {
		try {
			URI uri = new URI(reference);
			if (uri.isAbsolute()) {
				return uri;
			}
			if (uri.getRawAuthority() != null || uri.getRawPath().startsWith("/")) {
				return origin.resolve(uri);
			}
			int query = requested.indexOf('?');
			String path = encode((query >= 0) ? requested.substring(0, query) : requested);
			if (uri.getRawPath().isEmpty()) {
				// As of RFC 3986; java.net.URI is older.
				return new URI(origin + ((uri.getRawQuery() != null) ? path + reference : encode(requested)));
			}
			return new URI(origin + path).resolve(uri);
		}
		catch (URISyntaxException ex) {
			throw new UnusableException("is no URI");
		}
	}

	/**
	 * Encode what no URI may contain, as browsers do, byte by byte: header values are
	 * decoded as if they were Latin-1.
	 * @param reference the reference as it was received
	 * @return the same in ASCII
	 */
	private static String encode(String reference) {
		StringBuilder encoded = new StringBuilder(reference.length());
		for (byte octet : reference.getBytes(StandardCharsets.ISO_8859_1)) {
			if (octet <= ' ' || octet == 0x7f || NEVER_IN_URIS.indexOf(octet) >= 0) {
				encoded.append('%').append("%02X".formatted(octet));
			}
			else {
				encoded.append((char) octet);
			}
		}
		return encoded.toString();
	}

	/**
	 * Tells why there is nowhere to go.
	 */
	private static final class UnusableException extends Exception {

		private final String obstacle;

		UnusableException(String obstacle) {
			super(obstacle, null, false, false);
			this.obstacle = obstacle;
		}

	}

}
