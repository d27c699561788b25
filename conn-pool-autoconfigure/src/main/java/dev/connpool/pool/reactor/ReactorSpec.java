package dev.connpool.pool.reactor;

import java.net.SocketAddress;
import java.util.Set;

import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.host.ReloadableSslContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;
import reactor.netty.transport.NameResolverProvider;
import reactor.netty.transport.TransportConnector;

/**
 * Connections as a client of Reactor Netty is configured to have them.
 *
 * @param config the client as it was configured
 * @param given who would look up names for Reactor Netty
 */
record ReactorSpec(HttpClientConfig config, AddressResolverGroup<?> given) implements ConnectionSpec {

	private static final NameResolverProvider REACTOR_NETTYS = NameResolverProvider.builder().build();

	@Override
	public int shape() {
		return this.config.channelHash();
	}

	@Override
	public boolean isSecure() {
		return this.config.sslProvider() != null;
	}

	@Override
	public @Nullable ReloadableSslContext tls() {
		SslProvider tls = this.config.sslProvider();
		return (tls != null && tls.getSslContext() instanceof ReloadableSslContext reloadable) ? reloadable : null;
	}

	@Override
	public boolean hasProxy() {
		return this.config.hasProxy();
	}

	@Override
	public boolean hasProtocols() {
		HttpProtocol[] protocols = this.config.protocols();
		return protocols.length != 1 || protocols[0] != HttpProtocol.HTTP11;
	}

	@Override
	public Set<ChannelOption<?>> options() {
		return this.config.options().keySet();
	}

	@Override
	public LoopResources loopResources() {
		return this.config.loopResources();
	}

	@Override
	public boolean isPreferNative() {
		return this.config.isPreferNative();
	}

	@Override
	public @Nullable AddressResolverGroup<?> resolver() {
		// Who chooses event loops is given Reactor Netty's own resolver with them, and
		// Reactor Netty measures its own.
		boolean chosen = this.config.resolver() != null
				&& !REACTOR_NETTYS.equals(this.config.getNameResolverProvider());
		return (chosen || this.config.metricsRecorder() != null) ? this.given : null;
	}

	@Override
	public Mono<Channel> connect(SocketAddress target, AddressResolverGroup<?> lookup,
			ChannelInitializer<Channel> initializer, EventLoop eventLoop) {
		return TransportConnector.connect(this.config, target, lookup, initializer, eventLoop);
	}

	@Override
	public ChannelInitializer<Channel> initializer(SocketAddress address) {
		// What becomes of the connection is told to whatever it carries.
		return this.config.channelInitializer(ConnectionObserver.emptyListener(), address, false);
	}

}
