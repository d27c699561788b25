package dev.connpool.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads IP addresses without asking for names.
 */
final class IpAddress {

	private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";

	private static final Pattern IPV4 = Pattern.compile("%1$s\\.%1$s\\.%1$s\\.%1$s".formatted(OCTET));

	private IpAddress() {
	}

	/**
	 * Parse an address.
	 * @param text the text, an IPv6 address without brackets
	 * @return the address, or {@code null} if it is none
	 */
	static @Nullable InetAddress parse(String text) {
		boolean ipv6 = text.indexOf(':') >= 0;
		if (!ipv6 && !IPV4.matcher(text).matches()) {
			return null;
		}
		try {
			// Never looked up: it is an IPv4 address, or in brackets.
			return InetAddress.getByName(ipv6 ? "[" + text + "]" : text);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

}
