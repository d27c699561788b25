package dev.connpool.connector;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.cookie.ClientCookieDecoder;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.DefaultCookie;

import org.springframework.http.ResponseCookie;
import org.springframework.util.CollectionUtils;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * Turns cookies of Netty into those of Spring.
 */
final class ResponseCookies {

	private ResponseCookies() {
	}

	/**
	 * Read the cookies of a response.
	 * @param headers the headers of the response
	 * @return the cookies by name, as they follow each other; those that are malformed
	 * are left out
	 */
	static MultiValueMap<String, ResponseCookie> in(HttpHeaders headers) {
		MultiValueMap<String, ResponseCookie> cookies = new LinkedMultiValueMap<>();
		for (String value : headers.getAll(HttpHeaderNames.SET_COOKIE)) {
			Cookie cookie = ClientCookieDecoder.STRICT.decode(value);
			if (cookie != null) {
				cookies.add(cookie.name(), convert(cookie));
			}
		}
		return CollectionUtils.unmodifiableMultiValueMap(cookies);
	}

	static ResponseCookie convert(Cookie cookie) {
		ResponseCookie.ResponseCookieBuilder converted = ResponseCookie
			.fromClientResponse(cookie.name(), cookie.value())
			.domain(cookie.domain())
			.path(cookie.path())
			.maxAge(cookie.maxAge())
			.secure(cookie.isSecure())
			.httpOnly(cookie.isHttpOnly());
		if (cookie instanceof DefaultCookie more) {
			converted.partitioned(more.isPartitioned());
			if (more.sameSite() != null) {
				converted.sameSite(more.sameSite().name());
			}
		}
		return converted.build();
	}

}
