package dev.connpool.benchmarks.soak;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request asks for.
 *
 * @param fault what is to go wrong
 * @param id the id of the request
 * @param size about how many bytes the body of the response is to have
 */
record Query(Fault fault, long id, int size) {

	private static final Pattern URI = Pattern.compile("/(\\w+)\\?id=(\\d+)&size=(\\d+)");

	static Query parse(CharSequence uri) {
		Matcher parts = URI.matcher(uri);
		if (!parts.matches()) {
			throw new IllegalArgumentException(uri.toString());
		}
		return new Query(Fault.valueOf(parts.group(1)), Long.parseLong(parts.group(2)),
				Integer.parseInt(parts.group(3)));
	}

	String uri() {
		return "/%s?id=%d&size=%d".formatted(this.fault, this.id, this.size);
	}

}
