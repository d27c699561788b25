package dev.connpool.pool.http2;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.netty.handler.codec.http2.Http2Headers;

/**
 * The size of a field section as SETTINGS_MAX_HEADER_LIST_SIZE counts it (RFC 9113,
 * section 6.5.2).
 */
final class HeaderListSize {

	/** What each field counts besides its name and its value. */
	private static final int OVERHEAD = 32;

	/** How many fields are named. */
	private static final int NAMED = 3;

	/** More of a name than that is not told. */
	private static final int NAME_LENGTH = 64;

	private HeaderListSize() {
	}

	static long of(Http2Headers headers) {
		long size = 0;
		for (Map.Entry<CharSequence, CharSequence> field : headers) {
			size += of(field);
		}
		return size;
	}

	private static long of(Map.Entry<CharSequence, CharSequence> field) {
		return (long) field.getKey().length() + field.getValue().length() + OVERHEAD;
	}

	/**
	 * Name the fields that are largest, those of one name together. Nothing of their
	 * values is told.
	 * @param headers the fields
	 * @return names and sizes
	 */
	static String largest(Http2Headers headers) {
		Map<String, Long> sizes = new TreeMap<>();
		for (Map.Entry<CharSequence, CharSequence> field : headers) {
			sizes.merge(name(field.getKey()), of(field), Long::sum);
		}
		return sizes.entrySet()
			.stream()
			.sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
			.limit(NAMED)
			.map((field) -> "'%s' (%d bytes)".formatted(field.getKey(), field.getValue()))
			.collect(Collectors.joining(", "));
	}

	private static String name(CharSequence name) {
		return (name.length() <= NAME_LENGTH) ? name.toString() : name.subSequence(0, NAME_LENGTH) + "…";
	}

}
