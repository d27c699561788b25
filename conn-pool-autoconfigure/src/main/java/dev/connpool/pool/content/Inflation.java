package dev.connpool.pool.content;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

import org.jspecify.annotations.Nullable;

/**
 * Content that is inflated as it is read (RFC 1951), but for what a format puts around
 * the compressed data.
 */
abstract class Inflation implements ContentSource {

	private static final int INPUT = 4096;

	/**
	 * As much as may be inflated to nothing, at first and for each byte that comes of it.
	 */
	private static final int BARREN = 64 * 1024;

	private static final int MOST_PER_BYTE = 64;

	/** Room for what is put back. */
	private static final int RESERVE = 2;

	private final ContentSource coded;

	/** What was read and not inflated. */
	private final ByteBuffer input = ByteBuffer.allocate(INPUT).limit(0);

	private @Nullable Inflater inflater;

	private boolean inflating;

	private long consumed;

	private long produced;

	Inflation(ContentSource coded) {
		this.coded = coded;
	}

	@Override
	public int read(ByteBuffer into) throws DataFormatException {
		int start = into.position();
		while (into.hasRemaining()) {
			if (advance(into)) {
				continue;
			}
			int filled = fill();
			if (filled == END && into.position() == start) {
				if (this.inflating || !mayEnd()) {
					throw new DataFormatException("the data end early");
				}
				return END;
			}
			if (filled <= 0) {
				break;
			}
		}
		this.produced += into.position() - start;
		return into.position() - start;
	}

	private boolean advance(ByteBuffer into) throws DataFormatException {
		Inflater inflater = this.inflater;
		if (this.inflating && inflater != null) {
			return inflate(inflater, into);
		}
		if (this.input.hasRemaining()) {
			framing(this.input.get());
			return true;
		}
		return false;
	}

	private boolean inflate(Inflater inflater, ByteBuffer into) throws DataFormatException {
		int start = into.position();
		inflater.inflate(into);
		if (inflater.needsDictionary()) {
			throw new DataFormatException("the data need a dictionary");
		}
		if (into.position() > start) {
			inflated(into.duplicate().flip().position(start));
		}
		if (inflater.finished()) {
			this.inflating = false;
			return true;
		}
		return into.position() > start;
	}

	private int fill() throws DataFormatException {
		this.input.clear().position(RESERVE);
		int read = this.coded.read(this.input);
		this.consumed += Math.max(0, read);
		if (this.consumed > BARREN + MOST_PER_BYTE * this.produced) {
			throw new DataFormatException("nearly nothing is in the data");
		}
		this.input.flip().position(RESERVE);
		if (this.inflating && this.inflater != null) {
			this.inflater.setInput(this.input);
		}
		return read;
	}

	/**
	 * Inflate what follows.
	 * @param raw whether it is without the header and checksum of RFC 1950
	 */
	final void start(boolean raw) {
		if (this.inflater == null) {
			this.inflater = new Inflater(raw);
		}
		else {
			this.inflater.reset();
		}
		this.inflater.setInput(this.input);
		this.inflating = true;
	}

	/**
	 * Put back the last two bytes.
	 * @param first the one before the last
	 * @param second the last
	 */
	final void unread(byte first, byte second) {
		int position = this.input.position() - RESERVE;
		this.input.position(position).put(first).put(second).position(position);
	}

	/**
	 * Return how much was inflated since the start.
	 * @return the number of bytes
	 */
	final long inflated() {
		return (this.inflater != null) ? this.inflater.getBytesWritten() : 0;
	}

	/**
	 * Take a byte of what is around the compressed data.
	 * @param octet the byte
	 * @throws DataFormatException if it cannot be there
	 */
	abstract void framing(byte octet) throws DataFormatException;

	/**
	 * Look at what was inflated.
	 * @param data the data
	 */
	abstract void inflated(ByteBuffer data);

	/**
	 * Return whether the content is complete, while nothing is inflated.
	 * @return whether it may end here
	 */
	abstract boolean mayEnd();

	@Override
	public void release() {
		if (this.inflater != null) {
			this.inflater.end();
			this.inflater = null;
		}
		this.coded.release();
	}

}
