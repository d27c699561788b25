package dev.connpool.pool.http2;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersEncoder.SensitivityDetector;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * Netty's codec for the frames of one connection, as this client needs it. SETTINGS of
 * the server hold when {@link Http2ConnectionHandler} acknowledges them. Acknowledgements
 * and resets that the server does not read are queued up to Netty's limit; then the
 * connection ends with ENHANCE_YOUR_CALM.
 */
final class ClientFrameCodec extends Http2FrameCodec {

	private final FlushHandler flushes = new FlushHandler();

	private final MessageStreams messages;

	private ClientFrameCodec(Http2ConnectionEncoder encoder, Http2ConnectionDecoder decoder, Http2Settings settings) {
		super(encoder, decoder, settings, false, true);
		this.messages = new MessageStreams(this, this.streamKey, this.flushes);
	}

	static ClientFrameCodec create(Http2Settings settings, SensitivityDetector detector, Resets resets) {
		return (ClientFrameCodec) new Builder(resets).initialSettings(settings)
			.headerSensitivityDetector(detector)
			.encoderIgnoreMaxHeaderListSize(true)
			.autoAckSettingsFrame(false)
			.build();
	}

	/**
	 * Return the streams that have no channel.
	 * @return the streams
	 */
	MessageStreams messages() {
		return this.messages;
	}

	/**
	 * Return what gathers what this flushes.
	 * @return the handler, which comes before this in the pipeline
	 */
	FlushHandler flushes() {
		return this.flushes;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) throws Exception {
		this.flushes.codecReading(true);
		super.channelRead(ctx, msg);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
		// Flushes, after the others have been told.
		super.channelReadComplete(ctx);
		this.flushes.codecReading(false);
	}

	@Override
	public void flush(ChannelHandlerContext ctx) {
		this.flushes.codecFlushes();
		super.flush(ctx);
	}

	@Override
	public void onError(ChannelHandlerContext ctx, boolean outbound, Throwable cause) {
		Http2Exception error = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
		if (error instanceof Http2Exception.CompositeStreamException several) {
			several.forEach((each) -> onError(ctx, outbound, each));
		}
		else if (error instanceof Http2Exception.StreamException one
				&& this.messages.failed(one.streamId(), outbound, cause)) {
			ctx.flush();
		}
		else {
			super.onError(ctx, outbound, cause);
		}
	}

	@Override
	protected void onConnectionError(ChannelHandlerContext ctx, boolean outbound, Throwable cause,
			@Nullable Http2Exception error) {
		if (outbound && error != null) {
			// Netty tells only of what was found while reading; streams are to learn what
			// takes them down whichever it was.
			ctx.fireExceptionCaught(cause);
		}
		super.onConnectionError(ctx, outbound, cause, error);
	}

	/**
	 * Puts the codec together as Netty does.
	 */
	private static final class Builder extends Http2FrameCodecBuilder {

		private final Resets resets;

		Builder(Resets resets) {
			this.resets = resets;
			server(false);
			gracefulShutdownTimeoutMillis(0);
		}

		@Override
		protected Http2FrameCodec build(Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder,
				Http2Settings settings) {
			ClientFrameCodec codec = new ClientFrameCodec(new ResetEncoder(encoder, this.resets), decoder, settings);
			codec.gracefulShutdownTimeoutMillis(gracefulShutdownTimeoutMillis());
			return codec;
		}

	}

}
