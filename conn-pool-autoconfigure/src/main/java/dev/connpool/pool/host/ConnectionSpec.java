package dev.connpool.pool.host;

import java.net.SocketAddress;
import java.util.Set;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.AddressResolverGroup;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * What shapes the connections that a caller asks for, and how their channels are made.
 * Safe for use by many threads.
 */
public interface ConnectionSpec {

	/**
	 * Return what tells apart the connections of callers who cannot share them.
	 * @return a hash of everything that shapes a channel, such as options and handlers
	 */
	int shape();

	/**
	 * Return whether TLS is used.
	 * @return whether the scheme is {@code https}
	 */
	boolean isSecure();

	/**
	 * Return the TLS context.
	 * @return the context, or {@code null} if there is none or it is never reloaded
	 */
	@Nullable ReloadableSslContext tls();

	/**
	 * Return whether the transport has a proxy of its own.
	 * @return whether channels connect to that one
	 */
	boolean hasProxy();

	/**
	 * Return whether the transport has protocols of its own to speak.
	 * @return whether they are other than what is negotiated here
	 */
	boolean hasProtocols();

	/**
	 * Return the options of channels that are set already.
	 * @return the options
	 */
	Set<ChannelOption<?>> options();

	/**
	 * Return where the event loops come from.
	 * @return the resources
	 */
	LoopResources loopResources();

	/**
	 * Return whether the transport of the system is preferred to that of the JDK.
	 * @return whether epoll or the like is used if it is there
	 */
	boolean isPreferNative();

	/**
	 * Return the event loops that channels are registered with.
	 * @return the event loops of clients
	 */
	default EventLoopGroup eventLoops() {
		return loopResources().onClient(isPreferNative());
	}

	/**
	 * Return who looks up names if somebody chose that.
	 * @return the resolvers, or {@code null} to use our own
	 */
	@Nullable AddressResolverGroup<?> resolver();

	/**
	 * Connect a channel.
	 * @param target the address, perhaps not yet resolved
	 * @param lookup resolves it
	 * @param initializer prepares each channel that is tried
	 * @param eventLoop the event loop of the channel
	 * @return the channel that is connected
	 */
	Mono<Channel> connect(SocketAddress target, AddressResolverGroup<?> lookup, ChannelInitializer<Channel> initializer,
			EventLoop eventLoop);

	/**
	 * Return what prepares a new channel for TLS and HTTP/1.1.
	 * @param address the host
	 * @return what puts the handlers into the pipeline
	 */
	ChannelInitializer<Channel> initializer(SocketAddress address);

}
