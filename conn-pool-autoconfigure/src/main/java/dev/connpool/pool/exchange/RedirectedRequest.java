package dev.connpool.pool.exchange;

import java.util.List;

import dev.connpool.pool.host.Host;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What is different about a request that was redirected (RFC 9110, section 15.4): it goes
 * without what is not for the host it goes to now, and without its body where a redirect
 * has made it a GET.
 *
 * @param stranger the host that it goes to, or {@code null} if the caller has named that
 * one
 * @param withoutBody whether the body is dropped
 */
public record RedirectedRequest(@Nullable Host stranger, boolean withoutBody) {

	private static final List<AsciiString> CREDENTIALS = List.of(HttpHeaderNames.AUTHORIZATION,
			HttpHeaderNames.PROXY_AUTHORIZATION);

	private static final List<AsciiString> OF_A_BODY = List.of(HttpHeaderNames.CONTENT_LENGTH,
			HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderNames.CONTENT_TYPE, HttpHeaderNames.CONTENT_ENCODING,
			HttpHeaderNames.CONTENT_LANGUAGE, HttpHeaderNames.CONTENT_LOCATION, AsciiString.cached("digest"),
			AsciiString.cached("content-digest"), AsciiString.cached("repr-digest"), HttpHeaderNames.LAST_MODIFIED,
			HttpHeaderNames.TRAILER, HttpHeaderNames.EXPECT);

	/**
	 * Change the header, which is complete otherwise: callers write it as they did the
	 * first time.
	 * @param headers the header
	 * @param credentialsChosen whether the application itself says what credentials it
	 * sends after a redirect
	 */
	public void amend(HttpHeaders headers, boolean credentialsChosen) {
		if (this.stranger != null) {
			headers.remove(HttpHeaderNames.COOKIE);
			if (!credentialsChosen) {
				CREDENTIALS.forEach(headers::remove);
			}
			headers.set(HttpHeaderNames.HOST, authority(this.stranger));
		}
		if (this.withoutBody) {
			OF_A_BODY.forEach(headers::remove);
		}
	}

	private static String authority(Host host) {
		String authority = host.origin().substring(host.origin().indexOf("://") + 3);
		String usualPort = host.secure() ? ":443" : ":80";
		return authority.endsWith(usualPort) ? authority.substring(0, authority.length() - usualPort.length())
				: authority;
	}

}
