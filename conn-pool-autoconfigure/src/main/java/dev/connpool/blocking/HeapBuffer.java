package dev.connpool.blocking;

import java.io.OutputStream;
import java.util.Arrays;

/**
 * Keeps what is written to it, in an array that grows.
 */
class HeapBuffer extends OutputStream {

	private static final int FIRST = 256;

	private byte[] bytes = new byte[FIRST];

	private int length;

	@Override
	public void write(int octet) {
		reserve(1);
		this.bytes[this.length++] = (byte) octet;
	}

	@Override
	public void write(byte[] source, int offset, int count) {
		reserve(count);
		System.arraycopy(source, offset, this.bytes, this.length, count);
		this.length += count;
	}

	private void reserve(int count) {
		int needed = Math.addExact(this.length, count);
		if (needed > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes,
					Math.max(needed, (int) Math.min(2L * this.bytes.length, Integer.MAX_VALUE - 8)));
		}
	}

	/**
	 * Return what was written.
	 * @return a body that can be sent any number of times
	 */
	WholeBody body() {
		return new WholeBody(this.bytes, this.length);
	}

}
