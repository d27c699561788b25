package dev.connpool.pool.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;

/**
 * Follows the silence of an event stream. Only time during which the caller waits for
 * more counts: a slow reader does not make the server late.
 */
final class EventStreamHandler extends ChannelDuplexHandler {

	static final String NAME = "connpool.silence";

	private final Progress progress;

	/** Whether the reader says itself when it waits. */
	private boolean told;

	/** Whether the reader waits, if it says so. */
	private boolean waits = true;

	EventStreamHandler(Progress progress) {
		this.progress = progress;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext ctx) {
		this.progress.silence(true);
	}

	/**
	 * Note whether the reader waits, if the silence is watched at all. From then on it is
	 * the reader who says so.
	 * @param channel the channel of the exchange
	 * @param waits whether it waits for more
	 */
	static void readerWaits(Channel channel, boolean waits) {
		if (channel.pipeline().get(NAME) instanceof EventStreamHandler handler) {
			handler.told = true;
			handler.waits = waits;
			handler.progress.silence(waits);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		this.progress.silence(this.told ? this.waits : ctx.channel().config().isAutoRead());
		ctx.fireChannelRead(msg);
	}

	@Override
	public void read(ChannelHandlerContext ctx) {
		if (!this.told) {
			this.progress.silence(true);
		}
		ctx.read();
	}

}
