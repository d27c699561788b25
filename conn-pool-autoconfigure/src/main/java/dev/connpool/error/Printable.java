package dev.connpool.error;

import java.io.IOException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Text that a server may have had a say in, as it can be put in a log: in one line,
 * without what hides or reorders other text, and not longer than is of use.
 */
final class Printable {

	private static final int LONGEST = 2000;

	private static final int LONGEST_PART = 200;

	/** How many causes are looked at. */
	private static final int DEEPEST = 8;

	private static final Pattern UNPRINTABLE = Pattern
		.compile("[\\p{Cc}\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\p{Cs}]");

	private Printable() {
	}

	/**
	 * Return a whole message.
	 * @param message the message
	 * @return the same, made printable
	 */
	static String message(String message) {
		return cut(message, LONGEST);
	}

	/**
	 * Return what a server, a proxy or a library said, as a part of a message.
	 * @param text the text
	 * @return the same, made printable
	 */
	static String part(@Nullable String text) {
		return cut((text != null) ? text : "", LONGEST_PART);
	}

	/**
	 * Return a cause whose messages are printable.
	 * @param cause the cause
	 * @return the same, or what stands for it with the same stack
	 */
	static @Nullable Throwable cause(@Nullable Throwable cause) {
		if (cause == null) {
			return null;
		}
		Throwable each = cause;
		for (int depth = 0; each != null && depth < DEEPEST; depth++) {
			String message = each.getMessage();
			if (message != null && !message.equals(message(message))) {
				return substitute(cause);
			}
			each = each.getCause();
		}
		return cause;
	}

	private static Throwable substitute(Throwable cause) {
		IOException substitute = new IOException(message(cause.toString()));
		substitute.setStackTrace(cause.getStackTrace());
		return substitute;
	}

	private static String cut(String text, int longest) {
		String start = (text.length() <= longest) ? text : text.substring(0, longest) + "…";
		return UNPRINTABLE.matcher(start).replaceAll((match) -> "\\\\u%04x".formatted((int) match.group().charAt(0)));
	}

}
