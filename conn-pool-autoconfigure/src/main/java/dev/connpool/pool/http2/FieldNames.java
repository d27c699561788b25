package dev.connpool.pool.http2;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.netty.util.AsciiString;

/**
 * Names of header fields as HTTP/2 has them: in lower case (RFC 9113, section 8.2.1). The
 * usual ones are converted once for all requests.
 */
final class FieldNames {

	static final AsciiString COOKIE = AsciiString.cached("cookie");

	static final AsciiString TE = AsciiString.cached("te");

	/** Those that are not for the other end but for the connection (section 8.2.2). */
	private static final Set<String> OF_CONNECTION = Set.of("connection", "host", "http2-settings", "keep-alive",
			"proxy-connection", "transfer-encoding", "upgrade");

	private static final String[] USUAL = { "Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Baggage",
			"Cache-Control", "Content-Encoding", "Content-Language", "Content-Length", "Content-Type", "Date", "ETag",
			"Expect", "Expires", "Forwarded", "From", "Idempotency-Key", "If-Match", "If-Modified-Since",
			"If-None-Match", "If-Unmodified-Since", "Last-Modified", "Location", "Origin", "Pragma", "Priority",
			"Range", "Referer", "Retry-After", "Server", "Set-Cookie", "Traceparent", "Tracestate", "User-Agent",
			"Vary", "Via", "WWW-Authenticate", "X-B3-Sampled", "X-B3-SpanId", "X-B3-TraceId", "X-Correlation-Id",
			"X-Forwarded-For", "X-Request-Id" };

	private static final Map<String, AsciiString> KNOWN = known();

	private FieldNames() {
	}

	private static Map<String, AsciiString> known() {
		Map<String, AsciiString> known = new HashMap<>();
		for (String name : USUAL) {
			AsciiString lower = AsciiString.cached(name.toLowerCase(Locale.ROOT));
			known.put(name, lower);
			known.put(lower.toString(), lower);
		}
		known.put("Cookie", COOKIE);
		known.put("cookie", COOKIE);
		known.put("TE", TE);
		known.put("te", TE);
		return known;
	}

	/**
	 * Return a name in lower case.
	 * @param name the name
	 * @return the name, the same if it is in lower case already
	 */
	static CharSequence lower(CharSequence name) {
		String text = name.toString();
		AsciiString known = KNOWN.get(text);
		if (known != null) {
			return known;
		}
		for (int i = 0; i < text.length(); i++) {
			if (AsciiString.isUpperCase(text.charAt(i))) {
				return text.toLowerCase(Locale.ROOT);
			}
		}
		return name;
	}

	/**
	 * Return whether a field is none of HTTP/2.
	 * @param lower the name, in lower case
	 * @return whether it concerns an HTTP/1.1 connection, or is a pseudo-header here
	 */
	static boolean isOfConnection(CharSequence lower) {
		String name = lower.toString();
		return !KNOWN.containsKey(name) && OF_CONNECTION.contains(name);
	}

}
