package dev.connpool.pool.http2;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamFrame;
import org.jspecify.annotations.Nullable;

/**
 * The response on one stream, frame by frame, and what makes it malformed (RFC 9113,
 * sections 8.1 and 8.3.2). Names of headers, pseudo-headers and the order of frames are
 * looked at by Netty's codec; it lets through what this refuses.
 */
final class ResponseFraming {

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
	 * @param frame the frame
	 * @throws Http2Exception if the response is malformed
	 */
	void headers(Http2HeadersFrame frame) throws Http2Exception {
		if (this.begun) {
			if (frame.isEndStream()) {
				end(frame);
			}
			return;
		}
		int status = status(frame);
		if (status >= 200) {
			begin(status, frame);
		}
		else if (status == SWITCHING_PROTOCOLS) {
			throw malformed(frame, "the status 101, which HTTP/2 does not have");
		}
		else if (frame.isEndStream()) {
			throw malformed(frame, "the stream ends with the interim status " + status);
		}
	}

	private void begin(int status, Http2HeadersFrame frame) throws Http2Exception {
		this.begun = true;
		boolean tunnel = is(HttpMethod.CONNECT) && status < 300;
		this.contentless = is(HttpMethod.HEAD) || status == NO_CONTENT || status == NOT_MODIFIED;
		if (!tunnel) {
			// Netty has refused what is no number.
			this.contentLength = frame.headers().getLong(HttpHeaderNames.CONTENT_LENGTH, UNKNOWN);
		}
		if (frame.isEndStream()) {
			end(frame);
		}
	}

	private boolean is(HttpMethod method) {
		return this.method != null && method.asciiName().contentEquals(this.method);
	}

	/**
	 * Note a part of the content.
	 * @param frame the frame
	 * @throws Http2Exception if the response is malformed
	 */
	void data(Http2DataFrame frame) throws Http2Exception {
		if (!this.begun) {
			throw malformed(frame, "content before the header of the response");
		}
		this.received += frame.content().readableBytes();
		if (this.contentless && this.received > 0) {
			throw malformed(frame, "content in a response that has none");
		}
		if (this.contentLength != UNKNOWN && this.received > this.contentLength) {
			throw mismatch(frame);
		}
		if (frame.isEndStream()) {
			end(frame);
		}
	}

	private void end(Http2StreamFrame frame) throws Http2Exception {
		if (this.contentLength != UNKNOWN && this.received != this.contentLength && !this.contentless) {
			throw mismatch(frame);
		}
	}

	private Http2Exception mismatch(Http2StreamFrame frame) {
		return malformed(frame,
				"%d bytes of content where 'content-length' is %d".formatted(this.received, this.contentLength));
	}

	/**
	 * Return the status, which is three digits (RFC 9110, section 15).
	 * @param frame the field section
	 * @return the status, from 100
	 * @throws Http2Exception if there is none
	 */
	private static int status(Http2HeadersFrame frame) throws Http2Exception {
		CharSequence value = frame.headers().status();
		if (value == null) {
			throw malformed(frame, "no ':status'");
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
			throw malformed(frame, "a ':status' that is not three digits from 100");
		}
		return status;
	}

	private static Http2Exception malformed(Http2StreamFrame frame, String what) {
		return Http2Exception.streamError(frame.stream().id(), Http2Error.PROTOCOL_ERROR, "%s", what);
	}

}
