package dev.connpool.pool.http1;

import java.util.concurrent.TimeUnit;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/**
 * The {@code Keep-Alive} header of an HTTP/1.1 response (RFC 2068, section 19.7.1.1), in
 * which a server says how long it keeps the connection open without requests.
 */
final class KeepAliveHeader {

	static final long UNKNOWN = -1;

	private static final AsciiString NAME = AsciiString.cached("keep-alive");

	private static final long MOST_LEEWAY = TimeUnit.SECONDS.toNanos(1);

	private KeepAliveHeader() {
	}

	/**
	 * Return how long a connection may be idle so that its server does not close it
	 * first.
	 * @param headers the headers of a response
	 * @return a little less than what the server says, in nanoseconds; {@link #UNKNOWN}
	 * if it does not say
	 */
	static long idleTimeout(HttpHeaders headers) {
		String value = headers.get(NAME);
		long seconds = (value != null) ? timeout(value) : UNKNOWN;
		if (seconds == UNKNOWN) {
			return UNKNOWN;
		}
		long nanos = TimeUnit.SECONDS.toNanos(seconds);
		return nanos - Math.min(nanos / 10, MOST_LEEWAY);
	}

	private static long timeout(String value) {
		for (String parameter : value.split(",", -1)) {
			int equals = parameter.indexOf('=');
			if (equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("timeout")) {
				return seconds(parameter.substring(equals + 1).strip());
			}
		}
		return UNKNOWN;
	}

	private static long seconds(String number) {
		return number.matches("\\d{1,9}") ? Integer.parseInt(number) : UNKNOWN;
	}

}
