package dev.connpool.pool.content;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/**
 * Content that is deflated, with header and checksum (RFC 1950) as it should be, or
 * without: some servers send that (RFC 9110, section 8.4.1.2).
 */
final class DeflateInflation extends Inflation {

	private int count;

	private byte first;

	DeflateInflation(ContentSource coded) {
		super(coded);
	}

	@Override
	void framing(byte octet) throws DataFormatException {
		switch (this.count++) {
			case 0 -> this.first = octet;
			case 1 -> {
				unread(this.first, octet);
				start(!isHeader(this.first, octet));
			}
			default -> throw new DataFormatException("something follows the end of the data");
		}
	}

	private static boolean isHeader(byte first, byte second) {
		int both = Byte.toUnsignedInt(first) << Byte.SIZE | Byte.toUnsignedInt(second);
		return (first & 0x0f) == 8 && (first & 0x80) == 0 && both % 31 == 0;
	}

	@Override
	void inflated(ByteBuffer data) {
		// There is no checksum, or it is looked at by the inflater.
	}

	@Override
	boolean mayEnd() {
		return this.count != 1;
	}

}
