package dev.connpool.pool.connection;

import io.netty.channel.Channel;

/**
 * What carries an exchange that is written and read as HTTP objects on a channel: that of
 * an HTTP/1.1 connection, or one of Netty for a stream of HTTP/2.
 */
public interface ChannelStream extends SessionStream {

	/**
	 * Return where the exchange is written and read.
	 * @return the channel of the connection, or of the stream
	 */
	Channel channel();

	@Override
	default boolean isOpen() {
		return channel().isActive();
	}

	@Override
	default boolean isReading() {
		return channel().config().isAutoRead();
	}

	@Override
	default void close() {
		channel().close();
	}

}
