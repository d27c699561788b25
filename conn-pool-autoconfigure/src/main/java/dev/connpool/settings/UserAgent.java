package dev.connpool.settings;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The {@code User-Agent} of requests that have none of their own (RFC 9110, section
 * 10.1.5).
 */
final class UserAgent {

	/** What a field value may be, without bytes that no two servers read alike. */
	private static final Pattern VALUE = Pattern.compile("|[\\x21-\\x7e](?:[\\x20-\\x7e\\t]*[\\x21-\\x7e])?");

	private UserAgent() {
	}

	/**
	 * Return what is sent if nothing is configured.
	 * @return the name of this library with its version, which class files beside their
	 * jar do not know
	 */
	static String standard() {
		return of(UserAgent.class.getPackage().getImplementationVersion());
	}

	static String of(@Nullable String version) {
		return (version != null) ? "conn-pool/" + version : "conn-pool";
	}

	static void check(String value) {
		if (!VALUE.matcher(value).matches()) {
			throw new InvalidSettingException("user-agent", value,
					"must be printable ASCII without spaces around it, as in 'orders/1.0', or empty to send none");
		}
	}

}
