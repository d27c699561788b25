package dev.connpool.pool.reactor;

import java.net.SocketAddress;
import java.util.function.Supplier;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.ConnectionPool;
import dev.connpool.pool.acquire.HostPool;
import dev.connpool.pool.connection.ConnectionSource;
import io.netty.resolver.AddressResolverGroup;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.TransportConfig;

/**
 * Gives Reactor Netty the connections of a client. Safe for use by many threads; never
 * blocks. Reactor Netty knows a client that speaks {@link HttpProtocol#HTTP11} alone.
 */
public final class ReactorConnectionProvider implements ConnectionProvider {

	private final ConnectionPool pool;

	/**
	 * Create a provider.
	 * @param pool the connections
	 */
	public ReactorConnectionProvider(ConnectionPool pool) {
		this.pool = pool;
	}

	ConnectionPool pool() {
		return this.pool;
	}

	@Override
	public String name() {
		return this.pool.name();
	}

	/**
	 * Wrap the exchanges of one request, so that they share its deadline and end when it
	 * is cancelled. For
	 * {@link reactor.netty.http.client.HttpClient#mapConnect(java.util.function.Function)}.
	 * @param exchanges the exchanges
	 * @return the exchanges, wrapped
	 */
	public Mono<? extends Connection> scoped(Mono<? extends Connection> exchanges) {
		return RequestScope.over(exchanges, this.pool.generation().callSites());
	}

	/**
	 * Open as many connections to a host beforehand as its settings ask for, and keep
	 * them.
	 * @param request a request to the host; it is not sent
	 * @return begins when subscribed to, and completes when the connections are open, or
	 * one could not be opened; that is tried again
	 */
	public Mono<Void> prepare(Mono<?> request) {
		return Mono.defer(() -> {
			Preparation preparation = new Preparation();
			// A request that is not sent has no other end than its failure.
			Mono<Void> unsent = request.contextWrite((context) -> context.put(Preparation.class, preparation))
				.then(Mono.never());
			return Mono.firstWithSignal(preparation.whenSettled(), unsent);
		});
	}

	/**
	 * Return the address of requests whose URI names no host, which are refused.
	 * @return always the same
	 */
	public static SocketAddress missingHost() {
		return MissingHost.ADDRESS;
	}

	@Override
	public Mono<? extends Connection> acquire(TransportConfig config, ConnectionObserver observer,
			@Nullable Supplier<? extends SocketAddress> remoteAddress, @Nullable AddressResolverGroup<?> resolver) {
		if (!(config instanceof HttpClientConfig http) || remoteAddress == null || resolver == null) {
			return Mono
				.error(new IllegalArgumentException("Client '%s' opens HTTP connections only".formatted(name())));
		}
		return new Acquisition(this.pool, new ReactorSpec(http, resolver), observer, remoteAddress);
	}

	@Override
	public Mono<Void> disposeLater() {
		return Mono.defer(this.pool::shutDown);
	}

	@Override
	public void dispose() {
		this.pool.close();
	}

	@Override
	public boolean isDisposed() {
		return this.pool.isTerminated();
	}

	@Override
	public int maxConnections() {
		int max = this.pool.settings().pool().maxConnectionsPerHost();
		return (max == 0) ? Integer.MAX_VALUE : max;
	}

	/**
	 * What makes a request one that is not sent, but has connections opened.
	 */
	private static final class Preparation {

		private final Sinks.Empty<Void> settled = Sinks.empty();

		void settled() {
			this.settled.tryEmitEmpty();
		}

		Mono<Void> whenSettled() {
			return this.settled.asMono();
		}

	}

	/**
	 * A connection, asked for on subscription.
	 */
	private static final class Acquisition extends Mono<Connection> {

		private final ConnectionPool pool;

		private final ReactorSpec spec;

		private final ConnectionObserver observer;

		private final Supplier<? extends SocketAddress> address;

		Acquisition(ConnectionPool pool, ReactorSpec spec, ConnectionObserver observer,
				Supplier<? extends SocketAddress> address) {
			this.pool = pool;
			this.spec = spec;
			this.observer = observer;
			this.address = address;
		}

		@Override
		public void subscribe(CoreSubscriber<? super Connection> actual) {
			SocketAddress host = this.address.get();
			if (host == MissingHost.ADDRESS) {
				Operators.error(actual, MissingHost.error(this.pool.name(), this.spec.config().uri()));
				return;
			}
			HostPool pool;
			try {
				pool = this.pool.find(this.spec, host);
			}
			catch (ConnPoolException | IllegalStateException ex) {
				Operators.error(actual, ex);
				return;
			}
			subscribe(pool, actual);
		}

		private void subscribe(HostPool host, CoreSubscriber<? super Connection> actual) {
			Preparation preparation = this.observer.currentContext().getOrDefault(Preparation.class, null);
			if (preparation != null) {
				host.keepReady(this.spec, preparation::settled);
				Operators.complete(actual);
				return;
			}
			ConnectionSource source = host.dispatcher();
			new ReactorExchange(this.pool.exchanges(), source, this.spec, this.observer, actual).subscribe();
		}

	}

}
