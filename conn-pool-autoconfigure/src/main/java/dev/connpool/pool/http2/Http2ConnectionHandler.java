package dev.connpool.pool.http2;

import java.io.IOException;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.snapshot.ConnectionSnapshot.GoAway;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsAckFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;

/**
 * Hears what the server says about an HTTP/2 connection as a whole (RFC 9113).
 */
final class Http2ConnectionHandler extends ChannelInboundHandlerAdapter {

	/** Where Reactor Netty looks for SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441). */
	private static final AttributeKey<Long> CONNECT_PROTOCOL = AttributeKey.valueOf("$ENABLE_CONNECT_PROTOCOL");

	private static final char CONNECT_PROTOCOL_SETTING = 8;

	private final PooledConnection connection;

	private final Http2Session session;

	private final EncoderTable table = new EncoderTable();

	Http2ConnectionHandler(PooledConnection connection, Http2Session session) {
		this.connection = connection;
		this.session = session;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof Http2SettingsFrame frame) {
			// They hold from here on; the codec flushes when it has read all there is.
			this.table.limit(frame.settings());
			ctx.write(Http2SettingsAckFrame.INSTANCE);
			settingsReceived(ctx.channel(), frame.settings());
		}
		else if (msg instanceof Http2GoAwayFrame frame) {
			Http2Error error = Http2Error.valueOf(frame.errorCode());
			String code = (error != null) ? error.name() : Long.toString(frame.errorCode());
			this.session.goAwayReceived(new GoAway(frame.lastStreamId(), code));
		}
		ReferenceCountUtil.release(msg);
	}

	private void settingsReceived(Channel channel, Http2Settings settings) {
		Long connectProtocol = settings.get(CONNECT_PROTOCOL_SETTING);
		if (connectProtocol != null) {
			channel.attr(CONNECT_PROTOCOL).set(connectProtocol);
		}
		this.session.settingsReceived(settings.maxConcurrentStreams());
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.session.inputClosed();
		ctx.fireChannelInactive();
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
			ctx.close();
		}
		ReferenceCountUtil.release(event);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		// The codec has told the server of its mistake (RFC 9113, section 5.4.1) and
		// closes.
		this.connection.end().failed(cause);
		if (cause instanceof Error) {
			// The codec has not noticed: a part of what it was to read is missing.
			this.connection.close(CloseReason.CANCELLED);
		}
		else if (!(cause instanceof IOException)) {
			// Of TLS it is known already.
			this.connection.end().note(CloseReason.PROTOCOL_ERROR);
		}
	}

}
