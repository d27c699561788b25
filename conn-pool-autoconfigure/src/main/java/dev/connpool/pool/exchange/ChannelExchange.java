package dev.connpool.pool.exchange;

import dev.connpool.pool.connection.ChannelStream;
import dev.connpool.pool.connection.ConnectionSource;
import dev.connpool.pool.replay.Attempt;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import org.jspecify.annotations.Nullable;

/**
 * An exchange that is written and read on a channel, in whose pipeline are the handlers
 * that follow it: whoever asks for it knows where they go.
 */
public abstract class ChannelExchange extends Exchange {

	/** Whether a leak detector is in the pipeline. */
	private boolean partsWatched;

	/**
	 * Create an exchange.
	 * @param exchanges where it is watched while it is in flight
	 * @param source where it gets its connection from
	 * @param owner the request that it is for, or {@code null} if that is nobody's
	 * concern
	 * @param attempt what makes it a repetition, or {@code null} if it is none
	 */
	public ChannelExchange(ClientExchanges exchanges, ConnectionSource source, @Nullable ExchangeOwner owner,
			@Nullable Attempt attempt) {
		super(exchanges, source, owner, attempt);
	}

	/**
	 * Put a handler where it sees what the caller is about to get, and what the caller
	 * reads.
	 * @param channel the channel of the exchange
	 * @param name the name of the handler
	 * @param handler the handler, which whoever puts it there removes
	 */
	protected abstract void addForCaller(Channel channel, String name, ChannelHandler handler);

	/**
	 * Return where the exchange is written and read.
	 * @return the channel of the connection or of the stream
	 */
	protected final Channel channel() {
		return ((ChannelStream) progress().stream()).channel();
	}

	@Override
	public final @Nullable String template() {
		return UriTemplates.of(channel());
	}

	@Override
	protected void tellReader(Throwable error) {
		channel().pipeline().fireExceptionCaught(error);
	}

	/**
	 * Note whether whoever reads an event stream waits for more of it, where the channel
	 * does not tell.
	 * @param waits whether more was asked for than has come
	 */
	protected final void readerOfEventsWaits(boolean waits) {
		assert granted().inEventLoop();
		EventStreamHandler.readerWaits(channel(), waits);
	}

	@Override
	protected final void watchSilence() {
		addForCaller(channel(), EventStreamHandler.NAME, new EventStreamHandler(progress()));
	}

	@Override
	final void watchParts(LeakDetector leakDetector) {
		this.partsWatched = true;
		addForCaller(channel(), LeakDetector.NAME, leakDetector);
	}

	@Override
	protected final void leaveStream() {
		if (progress().isEventStream()) {
			remove(EventStreamHandler.NAME);
		}
		if (this.partsWatched) {
			remove(LeakDetector.NAME);
		}
	}

	private void remove(String name) {
		ChannelPipeline pipeline = channel().pipeline();
		if (pipeline.get(name) != null) {
			pipeline.remove(name);
		}
	}

}
