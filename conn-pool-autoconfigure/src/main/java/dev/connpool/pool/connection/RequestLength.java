package dev.connpool.pool.connection;

import java.util.List;

import dev.connpool.error.ConnPoolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Compares the body of a request with the length that its head states (RFC 9110, section
 * 8.6; RFC 9112, section 6). The server counts by the head: it would take what is too
 * much for the next request, and wait for what is missing. Only used on the event loop of
 * the connection.
 */
public final class RequestLength {

	/** What is wrong with a length that cannot be read. */
	public static final String NO_NUMBER = "the Content-Length of the request is not one number (RFC 9110, section 8.6)";

	/** The body ends where the transport says so. */
	private static final long FRAMED = -1;

	/** Digits of a length that a {@code long} can hold. */
	private static final int MAX_DIGITS = 18;

	/** Parts without content that a source may bring in a row. */
	private static final int MOST_EMPTY = 16;

	private final boolean multiplexed;

	private long stated = FRAMED;

	/** Whether the length is none of the caller's making. */
	private boolean implied;

	private long sent;

	private boolean ended;

	/** Parts without content that have come in a row. */
	private int empty;

	/** Why nothing more is to be written. */
	private @Nullable ConnPoolException refusal;

	/**
	 * Create a comparison.
	 * @param multiplexed whether the transport marks the end of a request, as HTTP/2 does
	 */
	public RequestLength(boolean multiplexed) {
		this.multiplexed = multiplexed;
	}

	/**
	 * Look at what is about to be written, and end the exchange if it may not be.
	 * @param ctx the place in the pipeline
	 * @param msg what is written; released if it may not be
	 * @param promise who waits for it to be written
	 * @param lease the lease of the exchange it belongs to
	 * @return whether it may be written
	 */
	public boolean admitOrEnd(ChannelHandlerContext ctx, Object msg, ChannelPromise promise, Lease lease) {
		assert ctx.executor().inEventLoop();
		boolean readHere = isReadHere(ctx, msg);
		boolean admitted = !(msg instanceof HttpRequest head) || admitHead(head.headers(), lease);
		long size = size(msg);
		if (admitted && readHere && isExhausted(size)) {
			refuse("the source of the body of the request ends early: %d bytes were there".formatted(this.sent), true,
					lease);
		}
		else if (admitted && size >= 0) {
			admitContent(size, msg instanceof LastHttpContent, readHere, lease);
		}
		if (this.refusal == null) {
			return true;
		}
		ReferenceCountUtil.release(msg);
		tell(this.refusal, promise, ctx.channel(), readHere);
		return false;
	}

	private static void tell(Throwable refusal, ChannelPromise promise, Channel channel, boolean readHere) {
		if (readHere) {
			// It is read on this event loop until that fails, or for ever.
			promise.tryFailure(refusal);
		}
		else {
			// Told before, Reactor Netty would end a response that has begun, or write
			// on.
			channel.closeFuture().addListener((closed) -> promise.tryFailure(refusal));
		}
	}

	/**
	 * Return whether a source has nothing left although it does not say so, as a file is
	 * that has become shorter. It is asked again and again.
	 * @param size the size of what it has given now
	 * @return whether it will never end
	 */
	private boolean isExhausted(long size) {
		this.empty = (size == 0) ? this.empty + 1 : 0;
		return this.empty > MOST_EMPTY;
	}

	private static boolean isReadHere(ChannelHandlerContext ctx, Object msg) {
		return msg instanceof ByteBuf && ctx.pipeline().get(ChunkedWriteHandler.class) != null;
	}

	/**
	 * Look at a head that is about to be written, and end the exchange if it may not be.
	 * @param headers the headers
	 * @param lease the lease of the exchange it belongs to
	 * @return whether it may be written
	 */
	public boolean admitHead(HttpHeaders headers, Lease lease) {
		if (this.refusal == null) {
			String mistake = lease.isWritten() ? "a second request is written in the place of one" : begin(headers);
			refuse(mistake, false, lease);
		}
		return this.refusal == null;
	}

	/**
	 * Look at content that is about to be written, and end the exchange if it may not be.
	 * @param size the size of the part
	 * @param last whether it is the last
	 * @param lease the lease of the exchange it belongs to
	 * @return whether it may be written
	 */
	public boolean admitContent(long size, boolean last, Lease lease) {
		return admitContent(size, last, false, lease);
	}

	private boolean admitContent(long size, boolean last, boolean readHere, Lease lease) {
		if (this.refusal == null) {
			refuse(mistake(size, last), readHere, lease);
		}
		return this.refusal == null;
	}

	private void refuse(@Nullable String mistake, boolean incomplete, Lease lease) {
		if (mistake != null) {
			this.refusal = lease.misstated(mistake, incomplete || (this.ended && this.sent < this.stated));
		}
	}

	private @Nullable String mistake(long size, boolean last) {
		this.sent += size;
		if (size > 0 && (this.ended || isTooLong())) {
			return tooLong();
		}
		if (last) {
			this.ended = true;
			if (this.sent < this.stated) {
				return "the body of the request is shorter than its Content-Length: %d bytes are stated, %d were there"
					.formatted(this.stated, this.sent);
			}
		}
		return null;
	}

	private @Nullable String begin(HttpHeaders headers) {
		this.sent = 0;
		this.ended = false;
		this.empty = 0;
		this.implied = false;
		String coding = this.multiplexed ? null : headers.get(HttpHeaderNames.TRANSFER_ENCODING);
		if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
			this.stated = stated(headers.getAll(HttpHeaderNames.CONTENT_LENGTH));
			return (this.stated < 0) ? NO_NUMBER
					: (coding != null) ? "the request states its length twice, by Content-Length and"
							+ " Transfer-Encoding (RFC 9112, section 6.2)" : null;
		}
		this.stated = FRAMED;
		if (coding == null) {
			this.implied = !this.multiplexed;
			this.stated = this.implied ? 0 : FRAMED;
		}
		else if (!isChunked(coding, headers)) {
			return "the Transfer-Encoding of the request does not end with 'chunked' (RFC 9112, section 6.1)";
		}
		return null;
	}

	/**
	 * Return whether a request states a length that cannot be read.
	 * @param headers the headers of the request
	 * @return whether there is a Content-Length that is not one number
	 */
	public static boolean isNoNumber(HttpHeaders headers) {
		return headers.contains(HttpHeaderNames.CONTENT_LENGTH)
				&& stated(headers.getAll(HttpHeaderNames.CONTENT_LENGTH)) == FRAMED;
	}

	private static long stated(List<String> values) {
		String value = values.get(0);
		if (values.size() > 1 || value.isEmpty() || value.length() > MAX_DIGITS) {
			return FRAMED;
		}
		for (int i = 0; i < value.length(); i++) {
			if (value.charAt(i) < '0' || value.charAt(i) > '9') {
				return FRAMED;
			}
		}
		return Long.parseLong(value);
	}

	private static boolean isChunked(String coding, HttpHeaders headers) {
		if (HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding)) {
			return headers.getAll(HttpHeaderNames.TRANSFER_ENCODING).size() == 1;
		}
		List<String> lines = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
		String last = lines.get(lines.size() - 1);
		return HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(last.substring(last.lastIndexOf(',') + 1).strip());
	}

	private boolean isTooLong() {
		return this.stated != FRAMED && this.sent > this.stated;
	}

	private String tooLong() {
		if (this.stated == FRAMED) {
			return "the body of the request goes on after its end: %d bytes are there".formatted(this.sent);
		}
		return this.implied
				? "the request says nothing of a body but has one, of %d bytes or more; nothing of it was sent"
					.formatted(this.sent)
				: "the body of the request is longer than its Content-Length: %d bytes are stated, %d or more are there"
					.formatted(this.stated, this.sent);
	}

	/**
	 * Return how much of the body something is.
	 * @param msg what is written
	 * @return its size, negative if it is nothing of a body
	 */
	private static long size(Object msg) {
		if (msg instanceof HttpContent content) {
			return content.content().readableBytes();
		}
		if (msg instanceof ByteBuf buffer) {
			return buffer.readableBytes();
		}
		return (msg instanceof FileRegion region) ? region.count() : -1;
	}

}
