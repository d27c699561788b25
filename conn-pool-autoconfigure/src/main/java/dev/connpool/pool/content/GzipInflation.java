package dev.connpool.pool.content;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;

/**
 * Content in the format of gzip (RFC 1952): members, one after another.
 */
final class GzipInflation extends Inflation {

	private static final byte[] START = { 0x1f, (byte) 0x8b, 8 };

	private static final int FLAGS = 3;

	private static final int HEADER_LENGTH = 10;

	private static final int TRAILER_LENGTH = 8;

	private static final int HEADER_CHECK = 0x02;

	private static final int EXTRA = 0x04;

	private static final int NAME = 0x08;

	private static final int COMMENT = 0x10;

	private static final int RESERVED = 0xe0;

	private static final long WORD = 0xffffffffL;

	private final CRC32 check = new CRC32();

	private Field field = Field.HEADER;

	/** How many bytes of the field there were. */
	private int count;

	/** What they say, the least significant first. */
	private long value;

	/** Which fields follow. */
	private int flags;

	/** How much of the extra field is still to come. */
	private int extraLeft;

	private boolean first = true;

	GzipInflation(ContentSource coded) {
		super(coded);
	}

	@Override
	void framing(byte octet) throws DataFormatException {
		take(octet);
		switch (this.field) {
			case HEADER -> header(octet);
			case EXTRA_LENGTH -> extraLength();
			case EXTRA -> extra();
			case TEXT -> text(octet);
			case HEADER_CHECK -> headerCheck();
			case TRAILER -> trailer();
		}
	}

	private void take(byte octet) {
		if (this.field != Field.HEADER_CHECK && this.field != Field.TRAILER) {
			this.check.update(octet);
		}
		if (this.count < Long.BYTES) {
			this.value |= (long) Byte.toUnsignedInt(octet) << (Byte.SIZE * this.count);
		}
		this.count++;
	}

	private void header(byte octet) throws DataFormatException {
		int index = this.count - 1;
		if (index < START.length && octet != START[index]) {
			throw new DataFormatException(
					this.first ? "the data do not begin as gzip does" : "something follows the end of the data");
		}
		if (index == FLAGS) {
			this.flags = Byte.toUnsignedInt(octet);
			if ((this.flags & RESERVED) != 0) {
				throw new DataFormatException("the header of gzip is malformed");
			}
		}
		if (this.count == HEADER_LENGTH) {
			next();
		}
	}

	private void extraLength() {
		if (this.count < Short.BYTES) {
			return;
		}
		this.extraLeft = (int) this.value;
		if (this.extraLeft > 0) {
			begin(Field.EXTRA);
		}
		else {
			next();
		}
	}

	private void extra() {
		if (--this.extraLeft == 0) {
			next();
		}
	}

	private void text(byte octet) {
		if (octet == 0) {
			next();
		}
	}

	private void headerCheck() throws DataFormatException {
		if (this.count == Short.BYTES) {
			verify(this.value == (this.check.getValue() & 0xffff));
			next();
		}
	}

	private void next() {
		if (follows(EXTRA)) {
			begin(Field.EXTRA_LENGTH);
		}
		else if (follows(NAME) || follows(COMMENT)) {
			begin(Field.TEXT);
		}
		else if (follows(HEADER_CHECK)) {
			begin(Field.HEADER_CHECK);
		}
		else {
			this.check.reset();
			begin(Field.TRAILER);
			start(true);
		}
	}

	private boolean follows(int flag) {
		boolean set = (this.flags & flag) != 0;
		this.flags &= ~flag;
		return set;
	}

	private void begin(Field field) {
		this.field = field;
		this.count = 0;
		this.value = 0;
	}

	private void trailer() throws DataFormatException {
		if (this.count < TRAILER_LENGTH) {
			return;
		}
		verify((this.value & WORD) == this.check.getValue() && this.value >>> Integer.SIZE == (inflated() & WORD));
		this.check.reset();
		this.first = false;
		begin(Field.HEADER);
	}

	private static void verify(boolean right) throws DataFormatException {
		if (!right) {
			throw new DataFormatException("the checksum is wrong");
		}
	}

	@Override
	void inflated(ByteBuffer data) {
		this.check.update(data);
	}

	@Override
	boolean mayEnd() {
		return this.field == Field.HEADER && this.count == 0;
	}

	/**
	 * What a member has around its data.
	 */
	private enum Field {

		HEADER, EXTRA_LENGTH, EXTRA, TEXT, HEADER_CHECK, TRAILER

	}

}
