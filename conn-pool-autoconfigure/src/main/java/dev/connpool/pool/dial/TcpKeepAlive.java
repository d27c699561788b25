package dev.connpool.pool.dial;

import java.util.List;
import java.util.stream.Stream;

import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.settings.TcpSettings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;

/**
 * The silence after which the system probes a connection. Each transport has an option of
 * its own for it, and which one it is shows when there is a channel.
 */
final class TcpKeepAlive {

	/** By name, so that no transport is loaded that is not used. */
	private static final List<ChannelOption<Integer>> IDLE = Stream
		.concat(Stream.of("epoll.Epoll", "uring.IoUring")
			.map((transport) -> ChannelOption
				.<Integer>valueOf("io.netty.channel.%sChannelOption#TCP_KEEPIDLE".formatted(transport))),
				Stream.of(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE)))
		.toList();

	private TcpKeepAlive() {
	}

	/**
	 * Set the option of a channel that is not connected yet, if its transport has one.
	 * @param channel the channel
	 * @param spec what shapes the channel; what it sets itself is kept
	 * @param settings what to set
	 */
	static void apply(Channel channel, ConnectionSpec spec, TcpSettings settings) {
		if (settings.keepAlive() && IDLE.stream().noneMatch(spec.options()::contains)) {
			Integer seconds = Math.toIntExact(settings.keepAliveIdle().toSeconds());
			IDLE.forEach((option) -> channel.config().setOption(option, seconds));
		}
	}

}
