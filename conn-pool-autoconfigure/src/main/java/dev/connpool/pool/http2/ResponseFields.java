package dev.connpool.pool.http2;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * The header of a response, or what follows its content, as the decoder has read it, seen
 * as the headers of any response. Nothing is copied; names are found in any case.
 */
final class ResponseFields extends DefaultHttpHeaders {

	private ResponseFields(DefaultHttp2Headers headers) {
		super(headers);
	}

	/**
	 * Return headers without pseudo-headers.
	 * @param stream the stream id
	 * @param headers what was read, whose pseudo-headers are removed
	 * @return the headers
	 * @throws Http2Exception if there is a name or a value that none can have (RFC 9113,
	 * section 8.2.1)
	 */
	static HttpHeaders of(int stream, Http2Headers headers) throws Http2Exception {
		headers.remove(Http2Headers.PseudoHeaderName.STATUS.value());
		for (Map.Entry<CharSequence, CharSequence> field : headers) {
			if (HttpHeaderValidationUtil.validateToken(field.getKey()) >= 0) {
				throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "a header name that is no token");
			}
			if (HttpHeaderValidationUtil.validateValidHeaderValue(field.getValue()) >= 0) {
				throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR,
						"a character in the value of '%s' that no value has", field.getKey());
			}
		}
		return new ResponseFields((DefaultHttp2Headers) headers);
	}

	@Override
	public @Nullable String get(CharSequence name) {
		return super.get(FieldNames.lower(name));
	}

	@Override
	public @Nullable Integer getInt(CharSequence name) {
		return super.getInt(FieldNames.lower(name));
	}

	@Override
	public int getInt(CharSequence name, int defaultValue) {
		return super.getInt(FieldNames.lower(name), defaultValue);
	}

	@Override
	public @Nullable Short getShort(CharSequence name) {
		return super.getShort(FieldNames.lower(name));
	}

	@Override
	public short getShort(CharSequence name, short defaultValue) {
		return super.getShort(FieldNames.lower(name), defaultValue);
	}

	@Override
	public @Nullable Long getTimeMillis(CharSequence name) {
		return super.getTimeMillis(FieldNames.lower(name));
	}

	@Override
	public long getTimeMillis(CharSequence name, long defaultValue) {
		return super.getTimeMillis(FieldNames.lower(name), defaultValue);
	}

	@Override
	public List<String> getAll(CharSequence name) {
		return super.getAll(FieldNames.lower(name));
	}

	@Override
	public Iterator<String> valueStringIterator(CharSequence name) {
		return super.valueStringIterator(FieldNames.lower(name));
	}

	@Override
	public Iterator<CharSequence> valueCharSequenceIterator(CharSequence name) {
		return super.valueCharSequenceIterator(FieldNames.lower(name));
	}

	@Override
	public boolean contains(CharSequence name) {
		return super.contains(FieldNames.lower(name));
	}

	@Override
	public boolean contains(CharSequence name, CharSequence value, boolean ignoreCase) {
		return super.contains(FieldNames.lower(name), value, ignoreCase);
	}

	@Override
	public HttpHeaders remove(String name) {
		return super.remove(FieldNames.lower(name));
	}

	@Override
	public HttpHeaders remove(CharSequence name) {
		return super.remove(FieldNames.lower(name));
	}

	@Override
	public HttpHeaders copy() {
		return new DefaultHttpHeaders().set(this);
	}

}
