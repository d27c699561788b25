package dev.connpool.pool.http2;

import io.netty.handler.codec.http2.Http2Settings;

/**
 * How large the table of the HPACK encoder is (RFC 7541, section 4.2). The server's
 * SETTINGS_HEADER_TABLE_SIZE says how large it may be; the memory is the client's.
 */
final class EncoderTable {

	private static final long LARGEST = 64 * 1024;

	/**
	 * What it may be from now on. It never grows again: each change is written before the
	 * next request, and they would add up while there is none.
	 */
	private long allowed = LARGEST;

	/**
	 * Lower what SETTINGS allow, before they hold.
	 * @param settings what was received
	 */
	void limit(Http2Settings settings) {
		Long size = settings.headerTableSize();
		if (size != null) {
			this.allowed = Math.min(this.allowed, size);
			settings.headerTableSize(this.allowed);
		}
	}

}
