package dev.connpool.pool.http1;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import org.jspecify.annotations.Nullable;

/**
 * The status line of an HTTP/1.1 response as it was received (RFC 9112, section 4). The
 * decoder takes for a status whatever Java takes for a number.
 *
 * @param bytes the buffer that it is in
 * @param start where it begins
 * @param end where its line ends
 */
record StatusLine(ByteBuf bytes, int start, int end) {

	static final String NO_STATUS = "the status of the response is not three digits (RFC 9112, section 4)";

	private static final int DIGITS = 3;

	/** What the decoder skips before it. */
	private static final ByteProcessor BLANK = (octet) -> (octet >= 0 && octet <= ' ') || octet == 0x7f;

	/** What the decoder takes for a part of a word. */
	private static final ByteProcessor WORD = StatusLine::isWord;

	/**
	 * Find the status line that has arrived.
	 * @param bytes what is going to be decoded
	 * @return the status line, or {@code null} if it has not arrived to its end
	 */
	static @Nullable StatusLine next(ByteBuf bytes) {
		int start = bytes.forEachByte(BLANK);
		int end = (start >= 0) ? bytes.indexOf(start, bytes.writerIndex(), (byte) '\n') : -1;
		return (end >= 0) ? new StatusLine(bytes, start, end) : null;
	}

	/**
	 * Return whether three digits follow the version and one space.
	 * @return whether there is a status
	 */
	boolean hasStatus() {
		int space = this.bytes.forEachByte(this.start, this.end - this.start, WORD);
		if (space < 0) {
			return false;
		}
		int first = space + 1;
		for (int index = first; index < first + DIGITS; index++) {
			if (!isDigit(index)) {
				return false;
			}
		}
		return this.bytes.getByte(space) == ' ' && !isWord(this.bytes.getByte(first + DIGITS));
	}

	private static boolean isWord(byte octet) {
		return octet != ' ' && (octet < '\t' || octet > '\r');
	}

	private boolean isDigit(int index) {
		return index < this.end && this.bytes.getByte(index) >= '0' && this.bytes.getByte(index) <= '9';
	}

}
