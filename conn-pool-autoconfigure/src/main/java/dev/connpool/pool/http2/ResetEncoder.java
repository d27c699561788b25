package dev.connpool.pool.http2;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Sends RST_STREAM once for each stream, and no more often than {@link Resets} permits.
 */
final class ResetEncoder extends DecoratingHttp2ConnectionEncoder {

	private final Resets resets;

	ResetEncoder(Http2ConnectionEncoder delegate, Resets resets) {
		super(delegate);
		this.resets = resets;
	}

	@Override
	public ChannelFuture writeRstStream(ChannelHandlerContext ctx, int streamId, long errorCode,
			ChannelPromise promise) {
		Http2Stream stream = connection().stream(streamId);
		if (stream == null && connection().local().mayHaveCreatedStream(streamId)) {
			// What arrives after the end of a stream is ignored (RFC 9113, section 5.1).
			return promise.setSuccess();
		}
		if (stream != null && stream.isHeadersSent() && !stream.isResetSent()
				&& !this.resets.permit(connection().local().numActiveStreams(), System.nanoTime())) {
			// The codec ignores what arrives for it from now on.
			stream.resetSent();
			return promise.setSuccess();
		}
		return super.writeRstStream(ctx, streamId, errorCode, promise);
	}

}
