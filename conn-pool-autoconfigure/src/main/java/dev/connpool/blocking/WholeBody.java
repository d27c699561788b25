package dev.connpool.blocking;

import java.io.IOException;
import java.io.OutputStream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

import org.springframework.http.StreamingHttpOutputMessage.Body;

/**
 * A body that is there.
 */
final class WholeBody implements Body {

	/**
	 * What is longer is written in parts: Netty copies what it writes out of the heap.
	 */
	private static final int LONGEST_PART = 64 * 1024;

	private final byte[] bytes;

	private final int length;

	/**
	 * Create a body.
	 * @param bytes what it is the beginning of
	 * @param length how long it is
	 */
	WholeBody(byte[] bytes, int length) {
		this.bytes = bytes;
		this.length = length;
	}

	int length() {
		return this.length;
	}

	/**
	 * Return whether it is sent with the head.
	 * @return whether it is one part
	 */
	boolean isOnePart() {
		return this.length <= LONGEST_PART;
	}

	/**
	 * Return it as a buffer.
	 * @return the buffer, or {@code null} if it is empty
	 */
	@Nullable ByteBuf buffer() {
		return (this.length > 0) ? Unpooled.wrappedBuffer(this.bytes, 0, this.length) : null;
	}

	@Override
	public void writeTo(OutputStream outputStream) throws IOException {
		outputStream.write(this.bytes, 0, this.length);
	}

	@Override
	public boolean repeatable() {
		return true;
	}

}
