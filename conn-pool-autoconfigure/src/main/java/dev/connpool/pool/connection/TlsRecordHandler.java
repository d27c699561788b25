package dev.connpool.pool.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Follows the records of TLS as they arrive (RFC 8446, section 5.1). Whether one is
 * incomplete cannot be asked of what decrypts them.
 */
public final class TlsRecordHandler extends ChannelInboundHandlerAdapter {

	/** The name of the handler. */
	public static final String NAME = "connpool.tls-records";

	private static final int HEADER = 5;

	private static final int LENGTH = 3;

	/** How much of the header of a record has arrived. */
	private int header;

	/** How much of the record is still to come, if its header is complete. */
	private int left;

	/**
	 * Return whether a record has begun and not ended.
	 * @return whether the server has sent something that nobody can have seen
	 */
	public boolean isWithinRecord() {
		return this.header > 0;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof ByteBuf bytes) {
			follow(bytes);
		}
		ctx.fireChannelRead(msg);
	}

	private void follow(ByteBuf bytes) {
		int index = bytes.readerIndex();
		int end = bytes.writerIndex();
		while (index < end) {
			if (this.header < HEADER) {
				int octet = bytes.getUnsignedByte(index++);
				if (this.header++ >= LENGTH) {
					this.left = ((this.left & 0xFF) << 8) | octet;
				}
			}
			else {
				int part = Math.min(this.left, end - index);
				index += part;
				this.left -= part;
			}
			if (this.header == HEADER && this.left == 0) {
				this.header = 0;
			}
		}
	}

}
