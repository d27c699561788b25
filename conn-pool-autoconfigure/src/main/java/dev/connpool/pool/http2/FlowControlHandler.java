package dev.connpool.pool.http2;

import dev.connpool.settings.Http2Settings;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2LocalFlowController;

/**
 * Narrows the windows of all streams while readers leave too much unread, so that what
 * stopped readers hold does not use up the window of the connection (RFC 9113, section
 * 6.9.2).
 */
final class FlowControlHandler extends ChannelInboundHandlerAdapter {

	/** What may be unread, of the window of the connection, before streams get less. */
	private static final int NARROW_AT = 4;

	/** The same before they get all again; less, so that they do not change for ever. */
	private static final int WIDEN_AT = 8;

	private static final int SHARE = 16;

	/** Less than every stream starts with would save little. */
	private static final int LEAST = 65_535;

	private final Http2Connection http2;

	private final int wide;

	private final int narrow;

	private final int narrowAt;

	private final int widenAt;

	private boolean narrowed;

	FlowControlHandler(Http2Connection http2, Http2Settings settings) {
		this.http2 = http2;
		this.wide = settings.initialWindowSize();
		this.narrow = Math.min(this.wide, Math.max(LEAST, this.wide / SHARE));
		this.narrowAt = settings.connectionWindowSize() / NARROW_AT;
		this.widenAt = settings.connectionWindowSize() / WIDEN_AT;
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		Http2LocalFlowController flow = this.http2.local().flowController();
		int unread = flow.unconsumedBytes(this.http2.connectionStream());
		if (this.narrowed ? unread < this.widenAt : unread > this.narrowAt) {
			this.narrowed = !this.narrowed;
			ctx.writeAndFlush(new DefaultHttp2SettingsFrame(io.netty.handler.codec.http2.Http2Settings.defaultSettings()
				.initialWindowSize(this.narrowed ? this.narrow : this.wide)));
		}
		ctx.fireChannelReadComplete();
	}

}
