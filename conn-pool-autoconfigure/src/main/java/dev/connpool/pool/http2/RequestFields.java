package dev.connpool.pool.http2;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

import io.netty.handler.codec.EmptyHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The header of a request, or what follows its content, as the encoder goes through it
 * (RFC 9113, section 8): pseudo-headers first, names in lower case, and nothing that
 * concerns an HTTP/1.1 connection. A view of the headers that somebody has checked
 * already; nothing of them is copied. It can be iterated over, and nothing else.
 */
final class RequestFields extends EmptyHeaders<CharSequence, CharSequence, Http2Headers> implements Http2Headers {

	private static final CharSequence[] PSEUDO = { PseudoHeaderName.METHOD.value(), PseudoHeaderName.SCHEME.value(),
			PseudoHeaderName.AUTHORITY.value(), PseudoHeaderName.PATH.value() };

	private final @Nullable AsciiString method;

	private final @Nullable CharSequence scheme;

	private final @Nullable CharSequence authority;

	private final @Nullable CharSequence path;

	private final HttpHeaders headers;

	/** What the request says is for the connection; nothing if it says nothing. */
	private final List<String> connection;

	private RequestFields(@Nullable HttpRequest head, @Nullable AsciiString scheme, HttpHeaders headers) {
		this.headers = headers;
		this.scheme = scheme;
		this.method = (head != null) ? head.method().asciiName() : null;
		this.path = (head != null) ? head.uri() : null;
		this.authority = (head != null) ? authority(headers.get(HttpHeaderNames.HOST)) : null;
		this.connection = headers.contains(HttpHeaderNames.CONNECTION) ? headers.getAll(HttpHeaderNames.CONNECTION)
				: List.of();
	}

	/**
	 * Return the header of a request.
	 * @param head the head
	 * @param scheme the scheme
	 * @return the fields
	 */
	static RequestFields of(HttpRequest head, AsciiString scheme) {
		return new RequestFields(head, scheme, head.headers());
	}

	/**
	 * Return what follows the content of a request.
	 * @param trailers the trailers
	 * @return the fields
	 */
	static RequestFields of(HttpHeaders trailers) {
		return new RequestFields(null, null, trailers);
	}

	// Without user info, which is none of it (section 8.3.1).
	private static @Nullable String authority(@Nullable String host) {
		return (host != null) ? host.substring(host.indexOf('@') + 1) : null;
	}

	@Override
	public @Nullable CharSequence method() {
		return this.method;
	}

	@Override
	public @Nullable CharSequence scheme() {
		return this.scheme;
	}

	@Override
	public @Nullable CharSequence authority() {
		return this.authority;
	}

	@Override
	public @Nullable CharSequence path() {
		return this.path;
	}

	@Override
	public @Nullable CharSequence status() {
		return null;
	}

	private @Nullable CharSequence pseudo(int index) {
		return switch (index) {
			case 0 -> this.method;
			case 1 -> this.scheme;
			case 2 -> this.authority;
			default -> this.path;
		};
	}

	private boolean isSent(CharSequence lower, CharSequence value) {
		if (FieldNames.isOfConnection(lower)) {
			return false;
		}
		if (lower == FieldNames.TE) {
			return HttpHeaderValues.TRAILERS.contentEqualsIgnoreCase(value);
		}
		for (String line : this.connection) {
			for (String name : line.split(",", -1)) {
				if (AsciiString.contentEqualsIgnoreCase(name.strip(), lower)) {
					return false;
				}
			}
		}
		return true;
	}

	@Override
	public Iterator<Map.Entry<CharSequence, CharSequence>> iterator() {
		return new Fields(this);
	}

	@Override
	public boolean isEmpty() {
		return this.method == null && this.headers.isEmpty();
	}

	// What no encoder asks for

	@Override
	public Http2Headers method(CharSequence value) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Http2Headers scheme(CharSequence value) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Http2Headers authority(CharSequence value) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Http2Headers path(CharSequence value) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Http2Headers status(CharSequence value) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean contains(CharSequence name, CharSequence value, boolean caseInsensitive) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Goes through the fields. Each is valid until the next is asked for.
	 */
	private static final class Fields
			implements Iterator<Map.Entry<CharSequence, CharSequence>>, Map.Entry<CharSequence, CharSequence> {

		private static final String SEPARATOR = "; ";

		private final RequestFields fields;

		private final Iterator<Map.Entry<CharSequence, CharSequence>> headers;

		private int pseudo;

		/**
		 * What is left of a line of cookies, which are told one by one (section 8.2.3).
		 */
		private @Nullable String cookies;

		private @Nullable CharSequence nextName;

		private CharSequence nextValue = "";

		private CharSequence name = "";

		private CharSequence value = "";

		Fields(RequestFields fields) {
			this.fields = fields;
			this.headers = fields.headers.iteratorCharSequence();
			advance();
		}

		private void advance() {
			if (this.cookies != null) {
				crumb(this.cookies);
				return;
			}
			while (this.pseudo < PSEUDO.length) {
				CharSequence known = this.fields.pseudo(this.pseudo);
				this.pseudo++;
				if (known != null) {
					this.nextName = PSEUDO[this.pseudo - 1];
					this.nextValue = known;
					return;
				}
			}
			this.nextName = null;
			while (this.nextName == null && this.headers.hasNext()) {
				Map.Entry<CharSequence, CharSequence> header = this.headers.next();
				CharSequence lower = FieldNames.lower(header.getKey());
				if (this.fields.isSent(lower, header.getValue())) {
					this.nextName = lower;
					this.nextValue = header.getValue();
				}
			}
			if (this.nextName == FieldNames.COOKIE) {
				crumb(this.nextValue.toString());
			}
		}

		private void crumb(String line) {
			int end = line.indexOf(SEPARATOR);
			boolean last = end < 0 || end + SEPARATOR.length() == line.length();
			this.nextName = FieldNames.COOKIE;
			this.nextValue = last ? line : line.substring(0, end);
			this.cookies = last ? null : line.substring(end + SEPARATOR.length());
		}

		@Override
		public boolean hasNext() {
			return this.nextName != null;
		}

		@Override
		public Map.Entry<CharSequence, CharSequence> next() {
			if (this.nextName == null) {
				throw new NoSuchElementException();
			}
			this.name = this.nextName;
			this.value = this.nextValue;
			advance();
			return this;
		}

		@Override
		public CharSequence getKey() {
			return this.name;
		}

		@Override
		public CharSequence getValue() {
			return this.value;
		}

		@Override
		public CharSequence setValue(CharSequence other) {
			throw new UnsupportedOperationException();
		}

	}

}
