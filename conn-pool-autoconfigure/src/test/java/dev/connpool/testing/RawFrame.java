package dev.connpool.testing;

import java.nio.ByteBuffer;

/**
 * A frame of HTTP/2 (RFC 9113, section 4.1), for servers that send and read them byte by
 * byte.
 *
 * @param type the type
 * @param flags the flags
 * @param stream the stream id
 * @param payload the payload
 */
public record RawFrame(int type, int flags, int stream, ByteBuffer payload) {

	public static final int DATA = 0;

	public static final int HEADERS = 1;

	public static final int RST_STREAM = 3;

	public static final int SETTINGS = 4;

	public static final int PING = 6;

	public static final int GOAWAY = 7;

	public static final int WINDOW_UPDATE = 8;

	/** A flag of DATA and HEADERS. */
	public static final int END_STREAM = 1;

	/** A flag of SETTINGS and PING. */
	public static final int ACK = 1;

	private static final int END_HEADERS = 4;

	/** A frame as it is sent, one byte in each character. */
	public static String of(int type, int flags, int stream, String payload) {
		int length = payload.length();
		return new String(new char[] { (char) (length >>> 16), (char) (length >>> 8 & 0xff), (char) (length & 0xff),
				(char) type, (char) flags }) + number(stream) + payload;
	}

	/** A field section of names and values in turn. */
	public static String headers(int stream, int flags, String... fields) {
		return of(HEADERS, flags | END_HEADERS, stream, literals(fields));
	}

	// RFC 7541, section 6.2.2
	private static String literals(String... fields) {
		StringBuilder block = new StringBuilder();
		for (int index = 0; index < fields.length; index += 2) {
			block.append('\0').append(text(fields[index])).append(text(fields[index + 1]));
		}
		return block.toString();
	}

	private static String text(String text) {
		return (char) text.length() + text;
	}

	public static String data(int stream, int flags, String content) {
		return of(DATA, flags, stream, content);
	}

	/** Four bytes. */
	public static String number(int number) {
		return new String(new char[] { (char) (number >>> 24 & 0xff), (char) (number >>> 16 & 0xff),
				(char) (number >>> 8 & 0xff), (char) (number & 0xff) });
	}

	/** A setting in the payload of SETTINGS. */
	public static String setting(int id, int value) {
		return "\0" + (char) id + number(value);
	}

	/** The error code of RST_STREAM. */
	public int errorCode() {
		return this.payload.getInt(0);
	}

	public boolean has(int flag) {
		return (this.flags & flag) != 0;
	}

}
