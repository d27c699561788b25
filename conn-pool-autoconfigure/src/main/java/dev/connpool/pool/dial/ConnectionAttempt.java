package dev.connpool.pool.dial;

import dev.connpool.pool.connection.PooledConnection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Connects to one address after the other until one accepts, and leaves out those that
 * another attempt of the {@link HappyEyeballs} has tried. On the event loop of the dial.
 */
final class ConnectionAttempt extends ChannelInitializer<Channel> implements CoreSubscriber<Channel> {

	private final HappyEyeballs happyEyeballs;

	private @Nullable Subscription connecting;

	private @Nullable PooledConnection connection;

	private boolean over;

	ConnectionAttempt(HappyEyeballs happyEyeballs) {
		this.happyEyeballs = happyEyeballs;
	}

	/**
	 * Prepare a channel; called once for each address.
	 */
	@Override
	protected void initChannel(Channel channel) {
		assert this.happyEyeballs.inEventLoop();
		this.connection = this.happyEyeballs.prepare(channel);
	}

	@Override
	public boolean isSharable() {
		return true;
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		assert this.happyEyeballs.inEventLoop();
		this.connecting = subscription;
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(Channel channel) {
		assert this.happyEyeballs.inEventLoop();
		PooledConnection connected = this.connection;
		if (this.over || connected == null || !this.happyEyeballs.wins(connected)) {
			channel.close();
		}
	}

	@Override
	public void onError(Throwable cause) {
		assert this.happyEyeballs.inEventLoop();
		if (!this.over) {
			close();
			this.happyEyeballs.ended(this, cause);
		}
	}

	@Override
	public void onComplete() {
		// Told by onNext.
	}

	/**
	 * Return whether this is the attempt that opened a connection.
	 * @param other the connection
	 * @return whether it is the latest of this attempt
	 */
	boolean opened(PooledConnection other) {
		return other == this.connection;
	}

	/**
	 * Close what is not connected yet.
	 */
	void cancel() {
		assert this.happyEyeballs.inEventLoop();
		if (!this.over) {
			close();
			if (this.connecting != null) {
				this.connecting.cancel();
			}
		}
	}

	private void close() {
		this.over = true;
		if (this.connection != null) {
			this.connection.channel().close();
		}
	}

}
