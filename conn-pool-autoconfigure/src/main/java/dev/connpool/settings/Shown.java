package dev.connpool.settings;

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What may be shown of a value that somebody has written, which need not be what it was
 * meant to be: a password may stand where a number belongs. Numbers with their units and
 * words that settings know are shown, of URLs what is neither user info nor query nor
 * fragment, and of everything else no more than its length.
 */
public final class Shown {

	private static final String NUMBER = "[+-]?(?:\\d{1,12}(?:[._]\\d{1,9}){0,3}|\\.\\d{1,9})%?";

	private static final String UNIT = "(?i:[a-z]{1,2}|[kmgt]i?b|bytes?|milli(?:second)?s?|sec(?:ond)?s?|min(?:ute)?s?|hours?|days?)";

	/** A number with or without a unit, {@code 1h30m}, or {@code PT1H30M}. */
	private static final Pattern QUANTITY = Pattern.compile(NUMBER + "(?: ?" + UNIT + ")?"
			+ "|(?i:(?:\\d{1,9} ?(?:d|h|m|s|ms) ?){2,5})|(?i:[+-]?P(?:T?[+-]?\\d{1,12}(?:\\.\\d{1,9})?[dhms]?){1,4})");

	/** A variable or a property, of which a password in braces is not one. */
	private static final Pattern PLACEHOLDER = Pattern
		.compile("\\$\\{(?:[A-Z][A-Z\\d]*(?:_[A-Z\\d]+)+|[a-zA-Z]+(?:[._-][a-zA-Z]+)*)}");

	/** Hosts with or without a port, and networks. */
	private static final Pattern HOST = Pattern.compile("[\\w.*~-]{0,80}(?::\\d{1,5})?(?:/\\d{1,3})?");

	private static final Pattern ADDRESS = Pattern
		.compile("\\[?[\\da-fA-F]*:[\\da-fA-F:.]+]?(?::\\d{1,5})?(?:/\\d{1,3})?");

	private static final Pattern URL = Pattern
		.compile("([A-Za-z][A-Za-z\\d+.-]{0,15}://|(?![A-Za-z\\d+.-]+:/))(?:[^/?#\\\\@\\s]*@)?"
				+ "((?:[\\w.~-]*|\\[[\\da-fA-F:.]+])(?::\\d{0,5})?)((?:[/?#][^@\\\\]*)?)", Pattern.DOTALL);

	private static final Pattern DOMAIN = Pattern.compile("(?:[a-z\\d-]{1,63}\\.)+[a-z]{2,16}");

	private static final Pattern PATH = Pattern.compile("(?:/[\\w.~/-]*)?");

	/** What no name of a property contains, and what comes after it. */
	private static final Pattern NO_NAME = Pattern.compile("[^\\w.<>*\\[\\]-].*", Pattern.DOTALL);

	/** What settings accept, and what others would. */
	private static final List<String> WORDS = List.of("true", "false", "yes", "no", "on", "off", "auto", "none", "null",
			"never", "always", "default", "unlimited", "infinite", "infinity", "forever", "enabled", "disabled",
			"environment", "system", "explicit", "http", "https", "http/1", "http/1.0", "http/1.1", "http/2",
			"http/2.0", "http/3", "http1.1", "http2", "http3", "h1", "h2", "h2c", "h3", "spdy", "quic", "tls");

	private final @Nullable String text;

	/** How long the text is that is not shown, or -1. */
	private final int length;

	private Shown(@Nullable String text, int length) {
		this.text = text;
		this.length = length;
	}

	private static Shown all(String text) {
		return new Shown(text, text.length());
	}

	/**
	 * Return what may be shown of a value that is meant to be neither a host nor a URL.
	 * @param value the value
	 * @return the value, what may be shown of it if it is a text, or {@code null}
	 */
	public static @Nullable Object value(@Nullable Object value) {
		if (value instanceof URI url) {
			return url(url.toString());
		}
		return (value instanceof CharSequence text) ? oneOf(text.toString(), List.of()) : value;
	}

	/**
	 * Return what may be shown of a value that is meant to be one of some words.
	 * @param text what is written
	 * @param words the words
	 * @return all of it if it is one of them, or of those that settings know, but for a
	 * small typing error, or a quantity
	 */
	public static Shown oneOf(String text, Collection<String> words) {
		for (String part : text.split(",", -1)) {
			String word = part.strip();
			if (!isCommon(word) && !Spelling.resembles(word, words)) {
				return text.contains("://") ? origin(text) : nothing(text);
			}
		}
		return all(text);
	}

	/**
	 * Return what may be shown of a value that is meant to be a host.
	 * @param text what is written
	 * @return the host and port, or network, as far as it is certain that it is one
	 */
	public static Shown host(String text) {
		return (HOST.matcher(text).matches() || ADDRESS.matcher(text).matches()) ? all(text) : url(text);
	}

	/**
	 * Return what may be shown of a URL, or of what was written in place of one.
	 * @param text the text
	 * @return its scheme, host, port and path as far as they are certain
	 */
	public static Shown url(String text) {
		Matcher matcher = URL.matcher(text.strip());
		if (!matcher.matches() || isOneWord(matcher)) {
			return nothing(text);
		}
		String rest = matcher.group(3);
		return all(matcher.group(1) + matcher.group(2) + (PATH.matcher(rest).matches() ? rest : "/…"));
	}

	/**
	 * Return what stands for a value of which nothing may be shown.
	 * @param value the value, or {@code null} if it is not known
	 * @return its length, if it is a text
	 */
	public static Shown nothing(@Nullable Object value) {
		return new Shown(null, (value instanceof CharSequence text) ? text.length() : -1);
	}

	/**
	 * Return what may be shown of the name of a property, in which somebody may have
	 * forgotten where the name ends.
	 * @param name the name
	 * @return the name, up to the first character that no name has
	 */
	public static Shown name(String name) {
		return all(NO_NAME.matcher(name).replaceFirst("…"));
	}

	// A URL that stands where none is meant to be: its path may be what is secret about
	// it.
	private static Shown origin(String text) {
		Matcher matcher = URL.matcher(text.strip());
		if (!matcher.matches()) {
			return nothing(text);
		}
		return all(matcher.group(1) + matcher.group(2) + (matcher.group(3).isEmpty() ? "" : "/…"));
	}

	private static boolean isCommon(String word) {
		return word.length() < 2 || QUANTITY.matcher(word).matches() || PLACEHOLDER.matcher(word).matches()
				|| Spelling.resembles(word, WORDS);
	}

	private static boolean isOneWord(Matcher url) {
		String authority = url.group(2);
		return url.group(1).isEmpty() && authority.indexOf(':') < 0 && !DOMAIN.matcher(authority).matches();
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
		if (shown instanceof Shown part && !part.isText()) {
			return "has a value%s that is not shown, as it may hold credentials,"
				.formatted((part.length < 0) ? "" : " of length " + part.length);
		}
		return "is '%s'".formatted(shown);
	}

	/**
	 * Return whether all of a text may be shown.
	 * @param text the text
	 * @return whether nothing is left out
	 */
	public boolean isAllOf(String text) {
		return text.equals(this.text);
	}

	/**
	 * Return whether there is anything to show.
	 * @return whether it is a text, or a part of it
	 */
	public boolean isText() {
		return this.text != null;
	}

	/**
	 * Return what may be shown.
	 * @return the text, or words that say that it is not shown
	 */
	@Override
	public String toString() {
		return (this.text != null) ? this.text : "not shown";
	}

}
