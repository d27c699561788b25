package dev.connpool.pool.http2;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * The response on one stream, frame by frame, and what makes it malformed (RFC 9113,
 * sections 8.1 and 8.3.2). Names of headers, pseudo-headers and the order of frames are
 * looked at by Netty's codec; it lets through what this refuses.
 */
final class ResponseFraming {

	/** There is no status in what follows the content. */
	static final int TRAILERS = 0;

	private static final int UNKNOWN = -1;

	private static final int SWITCHING_PROTOCOLS = 101;

	private static final int NO_CONTENT = 204;

	private static final int NOT_MODIFIED = 304;

	private @Nullable CharSequence method;

	private boolean begun;

	/** Whether a response like this never has content (RFC 9110, section 6.4.1). */
	private boolean contentless;

	private long contentLength = UNKNOWN;

	private long received;

	/**
	 * Note what was asked for.
	 * @param method the method, or {@code null} in trailers
	 */
	void requested(@Nullable CharSequence method) {
		if (method != null) {
			this.method = method;
		}
	}

	/**
	 * Note a field section.
	 * @param stream the stream id
	 * @param headers the fields
	 * @param last whether the stream ends with it
	 * @return the status of the response it is the head of, or {@link #TRAILERS}
	 * @throws Http2Exception if the response is malformed
	 */
	int headers(int stream, Http2Headers headers, boolean last) throws Http2Exception {
		if (this.begun) {
			if (last) {
				end(stream);
			}
			return TRAILERS;
		}
		int status = status(stream, headers);
		if (status >= 200) {
			begin(status, stream, headers, last);
		}
		else if (status == SWITCHING_PROTOCOLS) {
			throw malformed(stream, "the status 101, which HTTP/2 does not have");
		}
		else if (last) {
			throw malformed(stream, "the stream ends with the interim status " + status);
		}
		return status;
	}

	private void begin(int status, int stream, Http2Headers headers, boolean last) throws Http2Exception {
		this.begun = true;
		boolean tunnel = is(HttpMethod.CONNECT) && status < 300;
		this.contentless = is(HttpMethod.HEAD) || status == NO_CONTENT || status == NOT_MODIFIED;
		if (!tunnel) {
			// Netty has refused what is no number.
			this.contentLength = headers.getLong(HttpHeaderNames.CONTENT_LENGTH, UNKNOWN);
		}
		if (last) {
			end(stream);
		}
	}

	private boolean is(HttpMethod method) {
		return this.method != null && method.asciiName().contentEquals(this.method);
	}

	/**
	 * Note a part of the content.
	 * @param stream the stream id
	 * @param bytes the size of the part
	 * @param last whether the stream ends with it
	 * @throws Http2Exception if the response is malformed
	 */
	void data(int stream, int bytes, boolean last) throws Http2Exception {
		if (!this.begun) {
			throw malformed(stream, "content before the header of the response");
		}
		this.received += bytes;
		if (this.contentless && this.received > 0) {
			throw malformed(stream, "content in a response that has none");
		}
		if (this.contentLength != UNKNOWN && this.received > this.contentLength) {
			throw mismatch(stream);
		}
		if (last) {
			end(stream);
		}
	}

	private void end(int stream) throws Http2Exception {
		if (this.contentLength != UNKNOWN && this.received != this.contentLength && !this.contentless) {
			throw mismatch(stream);
		}
	}

	private Http2Exception mismatch(int stream) {
		return malformed(stream,
				"%d bytes of content where 'content-length' is %d".formatted(this.received, this.contentLength));
	}

	/**
	 * Return the status, which is three digits (RFC 9110, section 15).
	 * @param stream the stream id
	 * @param headers the field section
	 * @return the status, from 100
	 * @throws Http2Exception if there is none
	 */
	private static int status(int stream, Http2Headers headers) throws Http2Exception {
		CharSequence value = headers.status();
		if (value == null) {
			throw malformed(stream, "no ':status'");
		}
		int status = 0;
		for (int index = 0; index < value.length(); index++) {
			int digit = value.charAt(index) - '0';
			status = (digit < 0 || digit > 9 || status > 99) ? 0 : status * 10 + digit;
			if (status == 0) {
				break;
			}
		}
		if (status < 100) {
			throw malformed(stream, "a ':status' that is not three digits from 100");
		}
		return status;
	}

	private static Http2Exception malformed(int stream, String what) {
		return Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "%s", what);
	}

}
