package dev.connpool.pool.http1;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.connpool.pool.host.CloseReason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * What the last request on an HTTP/1.1 connection asked the connection to become, and
 * what the server said to it (RFC 9110, section 7.8).
 */
final class Upgrade {

	private static final int SWITCHING_PROTOCOLS = 101;

	private @Nullable String asked;

	private Answer answer = Answer.NONE;

	/**
	 * Note what a request asks for.
	 * @param request the head of the request
	 */
	void asked(HttpRequest request) {
		this.answer = Answer.NONE;
		this.asked = request.headers().get(HttpHeaderNames.UPGRADE);
	}

	/**
	 * Note what the server says.
	 * @param response the head of its final response
	 */
	void answered(HttpResponse response) {
		if (this.asked != null) {
			this.answer = isSwitch(response) ? Answer.SWITCHED : Answer.REFUSED;
		}
	}

	static boolean isSwitch(HttpResponse response) {
		return response.status().code() == SWITCHING_PROTOCOLS;
	}

	/**
	 * Say what is wrong with a switch of protocols.
	 * @param response a response with the status 101
	 * @return the end of a sentence, or {@code null} if that is what was asked for
	 */
	@Nullable String fault(HttpResponse response) {
		String asked = this.asked;
		if (asked == null) {
			return "the server switched protocols, which it was not asked for (RFC 9110, section 15.2.2)";
		}
		String protocols = response.headers().get(HttpHeaderNames.UPGRADE);
		return (protocols == null || !names(asked).containsAll(names(protocols)))
				? "the server switched to another protocol than it was asked for (RFC 9110, section 7.8)" : null;
	}

	private static Set<String> names(String protocols) {
		return Stream.of(protocols.toLowerCase(Locale.ROOT).split(",")).map(String::strip).collect(Collectors.toSet());
	}

	/**
	 * Return why a connection is closed that was to become something else.
	 * @param established whether it has
	 * @return the reason, or {@code null} if nothing was asked or said
	 */
	@Nullable CloseReason reason(boolean established) {
		return switch (this.answer) {
			case NONE -> null;
			case REFUSED -> CloseReason.REFUSED_UPGRADE;
			case SWITCHED -> established ? CloseReason.KEEP_ALIVE_OFF : CloseReason.PROTOCOL_ERROR;
		};
	}

	private enum Answer {

		NONE, SWITCHED, REFUSED

	}

}
