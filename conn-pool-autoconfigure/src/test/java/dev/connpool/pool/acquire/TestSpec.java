package dev.connpool.pool.acquire;

import java.net.SocketAddress;
import java.util.Set;

import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.host.ReloadableSslContext;
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
 * Connections that are never opened.
 *
 * @param eventLoop the event loop that they would have
 */
record TestSpec(EventLoop eventLoop) implements ConnectionSpec {

	@Override
	public int shape() {
		return 0;
	}

	@Override
	public boolean isSecure() {
		return false;
	}

	@Override
	public @Nullable ReloadableSslContext tls() {
		return null;
	}

	@Override
	public boolean hasProxy() {
		return false;
	}

	@Override
	public boolean hasProtocols() {
		return false;
	}

	@Override
	public Set<ChannelOption<?>> options() {
		return Set.of();
	}

	@Override
	public EventLoopGroup eventLoops() {
		return this.eventLoop;
	}

	@Override
	public LoopResources loopResources() {
		throw new UnsupportedOperationException("Nothing is opened");
	}

	@Override
	public boolean isPreferNative() {
		return false;
	}

	@Override
	public @Nullable AddressResolverGroup<?> resolver() {
		return null;
	}

	@Override
	public Mono<Channel> connect(SocketAddress target, AddressResolverGroup<?> lookup,
			ChannelInitializer<Channel> initializer, EventLoop loop) {
		return Mono.never();
	}

	@Override
	public ChannelInitializer<Channel> initializer(SocketAddress address) {
		throw new UnsupportedOperationException("Nothing is opened");
	}

}
