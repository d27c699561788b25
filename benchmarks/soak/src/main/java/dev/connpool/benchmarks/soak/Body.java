package dev.connpool.benchmarks.soak;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;

/**
 * Bodies that say whose answer they are, and show if a byte of them is not their own: the
 * id of the request, bytes that follow from it, and the checksum of both.
 */
final class Body {

	private static final int LINE = 17;

	private Body() {
	}

	/**
	 * Make the body of a response.
	 * @param id the id of the request
	 * @param size about how many bytes
	 * @return the body
	 */
	static byte[] of(long id, int size) {
		byte[] filling = new byte[size];
		new Random(id).nextBytes(filling);
		// Letters, so that gzip has something to do
		for (int index = 0; index < size; index++) {
			filling[index] = (byte) ('a' + (filling[index] & 15));
		}
		byte[] body = Arrays.copyOf(line(id), size + 2 * LINE);
		System.arraycopy(filling, 0, body, LINE, size);
		System.arraycopy(line(checksum(body, size + LINE)), 0, body, size + LINE, LINE);
		return body;
	}

	private static byte[] line(long number) {
		return "%016x\n".formatted(number).getBytes(StandardCharsets.US_ASCII);
	}

	private static long checksum(byte[] body, int length) {
		CRC32 checksum = new CRC32();
		checksum.update(body, 0, length);
		return checksum.getValue();
	}

	/**
	 * Return whether a body is the answer to a request, and whole.
	 * @param body the body
	 * @param id the id of the request
	 * @return whether it is
	 */
	static boolean isOf(byte[] body, long id) {
		int end = body.length - LINE;
		return end >= LINE && Arrays.equals(line(id), Arrays.copyOf(body, LINE))
				&& Arrays.equals(line(checksum(body, end)), Arrays.copyOfRange(body, end, body.length));
	}

	static byte[] gzip(byte[] body) {
		try {
			ByteArrayOutputStream coded = new ByteArrayOutputStream();
			try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
				gzip.write(body);
			}
			return coded.toByteArray();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Make what is sent of a response.
	 * @param fault what is wrong with it
	 * @param id the id of the request
	 * @param size about how many bytes
	 * @return the bytes
	 */
	static byte[] sent(Fault fault, long id, int size) {
		byte[] body = of(id, size);
		byte[] gzip = fault.isCoded() ? gzip(body) : body;
		return switch (fault) {
			case TRUNCATED_GZIP -> Arrays.copyOf(gzip, gzip.length * 2 / 3);
			// The head of a block, after those of gzip
			case MALFORMED_GZIP -> garbled(gzip);
			default -> gzip;
		};
	}

	private static byte[] garbled(byte[] gzip) {
		for (int index = gzip.length / 3; index < gzip.length; index++) {
			gzip[index] ^= 0x55;
		}
		return gzip;
	}

}
