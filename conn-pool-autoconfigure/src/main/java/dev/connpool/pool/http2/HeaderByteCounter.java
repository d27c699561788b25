package dev.connpool.pool.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;

/**
 * Counts request headers before and after HPACK (RFC 7541). Before: the encoder asks for
 * each of them whether it is sensitive. After: this follows the frames (RFC 9113, section
 * 4.1) that the codec writes, whose headers it never splits.
 */
final class HeaderByteCounter extends ChannelOutboundHandlerAdapter implements SensitivityDetector {

	/** The connection preface comes before the first frame (RFC 9113, section 3.4). */
	private static final int PREFACE = 24;

	private static final int FRAME_HEADER = 9;

	private static final int TYPE = 3;

	private long raw;

	private long wire;

	private long payloadLeft = PREFACE;

	long raw() {
		return this.raw;
	}

	long wire() {
		return this.wire;
	}

	@Override
	public boolean isSensitive(CharSequence name, CharSequence value) {
		this.raw += name.length() + value.length();
		return false;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof ByteBuf buffer) {
			count(buffer);
		}
		ctx.write(msg, promise);
	}

	private void count(ByteBuf buffer) {
		int index = buffer.readerIndex();
		int end = buffer.writerIndex();
		while (index < end) {
			if (this.payloadLeft == 0) {
				this.payloadLeft = (long) FRAME_HEADER + buffer.getUnsignedMedium(index);
				int type = buffer.getByte(index + TYPE);
				if (type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION) {
					this.wire += this.payloadLeft;
				}
			}
			int step = (int) Math.min(this.payloadLeft, end - index);
			this.payloadLeft -= step;
			index += step;
		}
	}

}
