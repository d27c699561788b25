package dev.connpool.pool.content;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The content codings that are decoded (RFC 9110, section 8.4.1).
 */
public enum ContentCoding {

	/** The coding of RFC 1952. */
	GZIP {

		@Override
		public ContentSource decode(ContentSource coded) {
			return new GzipInflation(coded);
		}

	},

	/** The coding of RFC 1950, and what servers take it for, that of RFC 1951. */
	DEFLATE {

		@Override
		public ContentSource decode(ContentSource coded) {
			return new DeflateInflation(coded);
		}

	};

	/** As many as anybody has a use for. */
	private static final int MOST = 2;

	/**
	 * Return the codings of a response.
	 * @param headers the headers of the response
	 * @return the codings in the order in which they were applied; empty if there are
	 * none, or any that is not decoded
	 */
	public static List<ContentCoding> of(HttpHeaders headers) {
		List<ContentCoding> codings = new ArrayList<>(1);
		for (String value : headers.getAll(HttpHeaderNames.CONTENT_ENCODING)) {
			for (String name : value.split(",", -1)) {
				String token = name.trim().toLowerCase(Locale.ROOT);
				ContentCoding coding = of(token);
				if (coding != null) {
					codings.add(coding);
				}
				else if (!token.isEmpty() && !token.equals("identity")) {
					return List.of();
				}
			}
		}
		return (codings.size() <= MOST) ? codings : List.of();
	}

	private static @Nullable ContentCoding of(String token) {
		return switch (token) {
			case "gzip", "x-gzip" -> GZIP;
			case "deflate" -> DEFLATE;
			default -> null;
		};
	}

	/**
	 * Decode content.
	 * @param coded the content, coded
	 * @return the content
	 */
	public abstract ContentSource decode(ContentSource coded);

	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
