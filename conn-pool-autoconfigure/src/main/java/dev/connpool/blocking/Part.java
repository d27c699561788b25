package dev.connpool.blocking;

import org.jspecify.annotations.Nullable;

/**
 * A part of a response body, and the link to the next one. The last is empty, and says
 * how the body ended.
 */
final class Part {

	private static final byte[] NOTHING = {};

	private final byte[] bytes;

	private final boolean last;

	private final @Nullable Throwable error;

	private volatile @Nullable Part next;

	private Part(byte[] bytes, boolean last, @Nullable Throwable error) {
		this.bytes = bytes;
		this.last = last;
		this.error = error;
	}

	/**
	 * Return what comes before the first part.
	 * @return an empty part
	 */
	static Part beginning() {
		return new Part(NOTHING, false, null);
	}

	static Part of(byte[] bytes) {
		return new Part(bytes, false, null);
	}

	/**
	 * Return what comes after the last part.
	 * @param error why there is no more, or {@code null} if the body is complete
	 * @return an empty part
	 */
	static Part end(@Nullable Throwable error) {
		return new Part(NOTHING, true, error);
	}

	byte[] bytes() {
		return this.bytes;
	}

	boolean isLast() {
		return this.last;
	}

	@Nullable Throwable error() {
		return this.error;
	}

	@Nullable Part next() {
		return this.next;
	}

	void append(Part next) {
		this.next = next;
	}

}
