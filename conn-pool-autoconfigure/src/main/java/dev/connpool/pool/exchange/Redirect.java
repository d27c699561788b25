package dev.connpool.pool.exchange;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * A response that asks for another request elsewhere (RFC 9110, section 15.4).
 *
 * @param status the status
 * @param target the URI to request next, or {@code null} if it cannot be followed
 * @param getWithoutBody whether the next request is a GET without body
 * @param obstacle why it cannot be followed, or {@code null}
 */
public record Redirect(int status, @Nullable String target, boolean getWithoutBody, @Nullable String obstacle) {

	/** Where a request may be sent that is none of a WebSocket. */
	public static final Set<String> HTTP = Set.of("http", "https");

	private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

	/** Those of ASCII that no URI may contain as they are (RFC 3986, section 2). */
	private static final String NEVER_IN_URIS = " \"<>\\^`{|}";

	private static final int HIGHEST_PORT = 65_535;

	/** With underscores, which are in no name of a host but in those of services. */
	private static final Pattern AUTHORITY = Pattern
		.compile("(?<host>[\\w.~%!$&'()*+,;=-]+|\\[[0-9a-fA-F:.]+])(:(?<port>\\d{1,5})?)?");

	/**
	 * Look at a response that may be a redirect.
	 * @param response the head of the response
	 * @param method the method of the request
	 * @param path what was asked for, with its query
	 * @param origin the host that was asked, as {@code scheme://host:port}
	 * @param schemes where a redirect may lead
	 * @return the redirect, or {@code null} if it is none
	 */
	public static @Nullable Redirect of(HttpResponse response, String method, String path, String origin,
			Set<String> schemes) {
		int status = response.status().code();
		String location = STATUSES.contains(status) ? response.headers().get(HttpHeaderNames.LOCATION) : null;
		// A socket in the file system is no origin that a reference could be resolved
		// against.
		if (location == null || !origin.contains("://")) {
			return null;
		}
		boolean getWithoutBody = isForGet(status, method);
		try {
			return new Redirect(status, target(location, origin, path, schemes), getWithoutBody, null);
		}
		catch (UnusableException ex) {
			return new Redirect(status, null, getWithoutBody, ex.obstacle);
		}
	}

	// Every other client makes a GET of a POST for 301 and 302, too.
	private static boolean isForGet(int status, String method) {
		return switch (status) {
			case 303 -> !HttpMethod.HEAD.name().equals(method);
			case 301, 302 -> HttpMethod.POST.name().equals(method);
			default -> false;
		};
	}

	/**
	 * Resolve a reference (RFC 3986, section 5.2).
	 * @param location the reference
	 * @param origin the host that sent it
	 * @param path what was asked of that host
	 * @param schemes where a redirect may lead
	 * @return the URI, without user info, which is not for servers to choose, and without
	 * fragment, which is not for them to see
	 */
	private static String target(String location, String origin, String path, Set<String> schemes)
			throws UnusableException {
		URI uri = resolve(encode(location.strip()), URI.create(origin), path);
		String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
		if (!schemes.contains(scheme)) {
			throw new UnusableException("has another scheme than http and https");
		}
		String authority = authority(uri);
		String resource = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
		return scheme + "://" + authority + resource + ((uri.getRawQuery() != null) ? "?" + uri.getRawQuery() : "");
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
