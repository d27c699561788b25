package dev.connpool.pool.exchange;

import java.util.Map;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * Finds the URI template of a request where Spring's clients leave it: among the
 * attributes of the request, which a connector of Reactor Netty puts on the channel. That
 * costs a request nothing.
 */
public final class UriTemplates {

	private static final AttributeKey<Map<String, Object>> ATTRIBUTES = AttributeKey
		.valueOf("org.springframework.http.client.reactive.ReactorClientHttpRequest.ATTRIBUTES");

	private static final String OF_WEB_CLIENT = "org.springframework.web.reactive.function.client.WebClient.uriTemplate";

	private static final String OF_REST_CLIENT = "org.springframework.web.client.RestClient.uriTemplate";

	private UriTemplates() {
	}

	/**
	 * Return the URI template of the request on a channel, without host and query.
	 * @param channel the HTTP/1.1 connection or the HTTP/2 stream
	 * @return the template, or {@code null} if the request was made without one
	 */
	public static @Nullable String of(Channel channel) {
		return of(channel.hasAttr(ATTRIBUTES) ? channel.attr(ATTRIBUTES).get() : null);
	}

	/**
	 * Return the URI template of a request, without host and query.
	 * @param attributes the attributes of the request, or {@code null} if it has none
	 * @return the template, or {@code null} if the request was made without one
	 */
	static @Nullable String of(@Nullable Map<String, Object> attributes) {
		if (attributes == null) {
			return null;
		}
		Object template = attributes.getOrDefault(OF_WEB_CLIENT, attributes.get(OF_REST_CLIENT));
		return (template instanceof String text) ? path(text) : null;
	}

	/**
	 * Forget the request on a channel that is used again.
	 * @param channel the HTTP/1.1 connection
	 */
	public static void forget(Channel channel) {
		if (channel.hasAttr(ATTRIBUTES)) {
			channel.attr(ATTRIBUTES).set(null);
		}
	}

	static String path(String template) {
		int scheme = template.indexOf("://");
		int start = (scheme < 0) ? 0 : template.indexOf('/', scheme + 3);
		String path = (start < 0) ? "/" : template.substring(start);
		int query = path.indexOf('?');
		return (query < 0) ? path : path.substring(0, query);
	}

}
