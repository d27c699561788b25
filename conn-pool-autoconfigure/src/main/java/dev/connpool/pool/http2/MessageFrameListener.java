package dev.connpool.pool.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;

/**
 * Hands the frames of streams that have no channel to them, and all others to the codec.
 */
final class MessageFrameListener extends Http2FrameListenerDecorator {

	private final MessageStreams streams;

	MessageFrameListener(MessageStreams streams, Http2FrameListener others) {
		super(others);
		this.streams = streams;
	}

	@Override
	public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean last)
			throws Http2Exception {
		Http2MessageStream stream = this.streams.find(id);
		return (stream != null) ? stream.dataRead(data, padding, last) : super.onDataRead(ctx, id, data, padding, last);
	}

	@Override
	public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean last)
			throws Http2Exception {
		Http2MessageStream stream = this.streams.find(id);
		if (stream != null) {
			stream.headersRead(headers, last);
		}
		else {
			super.onHeadersRead(ctx, id, headers, padding, last);
		}
	}

	@Override
	public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int dependency, short weight,
			boolean exclusive, int padding, boolean last) throws Http2Exception {
		onHeadersRead(ctx, id, headers, padding, last);
	}

	@Override
	public void onRstStreamRead(ChannelHandlerContext ctx, int id, long code) throws Http2Exception {
		Http2MessageStream stream = this.streams.find(id);
		if (stream != null) {
			stream.resetRead(code);
		}
		else {
			super.onRstStreamRead(ctx, id, code);
		}
	}

	// The codec has followed them

	@Override
	public void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int increment) throws Http2Exception {
		if (this.streams.find(id) == null) {
			super.onWindowUpdateRead(ctx, id, increment);
		}
	}

	@Override
	public void onPriorityRead(ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
			throws Http2Exception {
		if (this.streams.find(id) == null) {
			super.onPriorityRead(ctx, id, dependency, weight, exclusive);
		}
	}

	@Override
	public void onUnknownFrame(ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload)
			throws Http2Exception {
		if (this.streams.find(id) == null) {
			super.onUnknownFrame(ctx, type, id, flags, payload);
		}
	}

}
