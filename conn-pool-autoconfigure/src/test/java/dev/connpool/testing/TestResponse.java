package dev.connpool.testing;

import java.util.Map;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * A response, whichever transport has received it.
 *
 * @param status its status
 * @param headers its headers
 * @param text its body, empty if that was given up
 */
public record TestResponse(int status, HttpHeaders headers, String text) {

	TestResponse(int status, Iterable<Map.Entry<String, String>> headers) {
		this(status, copy(headers), "");
	}

	private static HttpHeaders copy(Iterable<Map.Entry<String, String>> headers) {
		HttpHeaders copy = new DefaultHttpHeaders();
		headers.forEach((header) -> copy.add(header.getKey(), header.getValue()));
		return copy;
	}

	TestResponse with(String text) {
		return new TestResponse(this.status, this.headers, text);
	}

}
