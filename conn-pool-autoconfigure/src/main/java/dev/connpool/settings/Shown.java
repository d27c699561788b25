package dev.connpool.settings;

import java.net.URI;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What may be shown of a value that somebody has written, which need not be what it was
 * meant to be: no user info, no query, no fragment, and nothing at all where it is not
 * certain which part is which.
 */
public final class Shown {

	/** Words, numbers, hosts with or without a port, and networks. */
	private static final Pattern PLAIN = Pattern.compile("[\\w.*,~+-]{0,40}(?::\\d{1,5})?(?:/\\d{1,3})?");

	private static final Pattern ADDRESS = Pattern
		.compile("\\[?[\\da-fA-F]*:[\\da-fA-F:.]+]?(?::\\d{1,5})?(?:/\\d{1,3})?");

	private static final Pattern URL = Pattern
		.compile("([A-Za-z][A-Za-z\\d+.-]{0,15}://|(?![A-Za-z\\d+.-]+:/))(?:[^/?#\\\\@\\s]*@)?"
				+ "((?:[\\w.~-]*|\\[[\\da-fA-F:.]+])(?::\\d{0,5})?)((?:[/?#][^@\\\\]*)?)", Pattern.DOTALL);

	private static final Pattern NAME = Pattern.compile("(?:[a-z\\d-]{1,63}\\.)+[a-z]{2,16}");

	private static final Pattern PATH = Pattern.compile("(?:/[\\w.~/-]*)?");

	private Shown() {
	}

	/**
	 * Return what may be shown of a value that is no URL.
	 * @param value the value
	 * @return the value, what may be shown of it, or {@link Undisclosed}
	 */
	public static @Nullable Object value(@Nullable Object value) {
		if (value instanceof URI url) {
			return url(url.toString());
		}
		if (!(value instanceof CharSequence text) || PLAIN.matcher(text).matches() || ADDRESS.matcher(text).matches()) {
			return value;
		}
		return url(text.toString());
	}

	/**
	 * Say what a value is.
	 * @param value the value
	 * @return a clause, such as {@code is '5'}, with what may be shown of it
	 */
	public static String clause(@Nullable Object value) {
		Object shown = value(value);
		if (shown == null) {
			return "is not set";
		}
		return (shown == Undisclosed.VALUE) ? "has a value that is not shown, as it may hold credentials,"
				: "is '%s'".formatted(shown);
	}

	/**
	 * Return what may be shown of a URL, or of what was written in place of one.
	 * @param text the text
	 * @return its scheme, host, port and path as far as they are certain, or
	 * {@link Undisclosed}
	 */
	public static Object url(String text) {
		Matcher matcher = URL.matcher(text.strip());
		if (!matcher.matches()) {
			return Undisclosed.VALUE;
		}
		String authority = matcher.group(2);
		if (matcher.group(1).isEmpty() && authority.indexOf(':') < 0 && !NAME.matcher(authority).matches()) {
			// One word, which may be anything.
			return Undisclosed.VALUE;
		}
		String rest = matcher.group(3);
		return matcher.group(1) + authority + (PATH.matcher(rest).matches() ? rest : "/…");
	}

}
