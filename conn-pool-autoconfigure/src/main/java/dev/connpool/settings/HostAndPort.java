package dev.connpool.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A host with or without a port, as in an authority (RFC 3986, section 3.2).
 *
 * @param host the name or address, an IPv6 address without brackets
 * @param port the port, or 0 for none
 */
record HostAndPort(String host, int port) {

	static final int MAX_PORT = 65_535;

	private static final Pattern AUTHORITY = Pattern
		.compile("(?:\\[([^\\[\\]\\s]+)]|([^:\\[\\]\\s/]*))(?::(\\d{1,5}))?");

	/**
	 * Parse {@code host}, {@code host:port}, {@code [IPv6]} or {@code [IPv6]:port}.
	 * @param text the text
	 * @return the result, or {@code null} if it is none of these
	 */
	static @Nullable HostAndPort parse(String text) {
		Matcher matcher = AUTHORITY.matcher(text);
		if (!matcher.matches()) {
			return null;
		}
		String host = (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
		int port = (matcher.group(3) != null) ? Integer.parseInt(matcher.group(3)) : 0;
		boolean valid = (matcher.group(3) == null || port > 0) && port <= MAX_PORT;
		return valid ? new HostAndPort(host, port) : null;
	}

}
