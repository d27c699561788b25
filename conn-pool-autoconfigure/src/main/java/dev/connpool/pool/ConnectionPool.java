package dev.connpool.pool;

import java.net.SocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.settings.ClientSettings;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.ClosedConnection;
import io.netty.channel.EventLoop;
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
 * The connections of one client, to all hosts. It is Reactor Netty's
 * {@link ConnectionProvider} for a client that speaks {@link HttpProtocol#HTTP11} as far
 * as Reactor Netty knows: which protocol is spoken is negotiated here. Safe for use by
 * many threads; never blocks.
 */
public final class ConnectionPool implements ConnectionProvider {

	/** Most hosts that an error names. */
	private static final int NAMED_HOSTS = 10;

	private final String name;

	private final ConnectionListeners listeners;

	private volatile SettingsGeneration generation;

	private final NameResolution names;

	private final IdleCount idleCount = new IdleCount();

	private final LeastRecentlyUsed idleConnections = new LeastRecentlyUsed(this.idleCount::get,
			() -> settings().pool().maxIdleConnections());

	private final HostPools hosts;

	private final Map<EventLoop, InFlightExchanges> inFlight = new ConcurrentHashMap<>();

	private final EventLoopWatch eventLoopWatch = new EventLoopWatch(this::stopping);

	private final AtomicInteger open = new AtomicInteger();

	private final RecentlyClosed recentlyClosed = new RecentlyClosed();

	private final CompletableFuture<Void> terminated = new CompletableFuture<>();

	private volatile boolean shutDown;

	/**
	 * Create a pool. No socket is opened before the first request.
	 * @param name the client name
	 * @param settings the settings of the client
	 * @param listeners told what its connections do
	 */
	public ConnectionPool(String name, ClientSettings settings, ConnectionListeners listeners) {
		this(name, settings, listeners, new NameResolution(settings.dns()));
	}

	ConnectionPool(String name, ClientSettings settings, ConnectionListeners listeners, NameResolution names) {
		this.name = name;
		this.listeners = listeners;
		this.generation = SettingsGeneration.first(settings);
		this.names = names;
		this.hosts = new HostPools(this, names);
	}

	@Override
	public String name() {
		return this.name;
	}

	/**
	 * Wrap the exchanges of one request, so that they share its deadline and end when it
	 * is cancelled. For
	 * {@link reactor.netty.http.client.HttpClient#mapConnect(java.util.function.Function)}.
	 * @param exchanges the exchanges
	 * @return the exchanges, wrapped
	 */
	public Mono<? extends Connection> scoped(Mono<? extends Connection> exchanges) {
		return RequestScope.over(exchanges, this.generation.callSites());
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
				.error(new IllegalArgumentException("Client '%s' opens HTTP connections only".formatted(this.name)));
		}
		return new Acquisition(http, observer, remoteAddress, resolver);
	}

	private void acquire(HttpClientConfig config, ConnectionObserver observer, SocketAddress address,
			AddressResolverGroup<?> resolver, CoreSubscriber<? super Connection> actual) {
		if (address == MissingHost.ADDRESS) {
			Operators.error(actual, MissingHost.error(this.name, config));
			return;
		}
		SettingsGeneration now = this.generation;
		HostKey key = HostKey.of(config, address, now.number());
		HostPool host = this.hosts.get(key);
		if (host == null) {
			Throwable obstacle = this.hosts.obstacle(config, key, now);
			if (obstacle != null) {
				Operators.error(actual, obstacle);
				return;
			}
			host = this.hosts.find(config, key, now, resolver);
		}
		if (this.shutDown) {
			Operators.error(actual, host.host().closed());
			return;
		}
		Preparation preparation = observer.currentContext().getOrDefault(Preparation.class, null);
		if (preparation != null) {
			host.keepReady(config, preparation::settled);
			Operators.complete(actual);
			return;
		}
		host.replayBudget().requested();
		new Exchange(host.dispatcher(), config, observer, actual).start();
	}

	/**
	 * Look at all hosts. Costs time in proportion to the open connections, on the calling
	 * thread.
	 * @return how they are now
	 */
	public ClientSnapshot snapshot() {
		return new Survey(this).count();
	}

	/**
	 * Look at all hosts, connections and streams, each event loop at its own.
	 * @return how they are now; marked as partial if an event loop does not answer in
	 * time
	 */
	public Mono<ClientSnapshot> survey() {
		return new Survey(this).take();
	}

	/**
	 * Look at one connection with all its streams.
	 * @param connection the connection id
	 * @return how it is now, in the list of its host
	 */
	public Mono<ClientSnapshot> survey(String connection) {
		return new Survey(this, connection).take();
	}

	/**
	 * Return the settings.
	 * @return the settings that are in force
	 */
	public ClientSettings settings() {
		return this.generation.settings();
	}

	RecentlyClosed recentlyClosed() {
		return this.recentlyClosed;
	}

	HostPools hosts() {
		return this.hosts;
	}

	Set<EventLoop> eventLoops() {
		return this.inFlight.keySet();
	}

	/**
	 * Close every idle connection; those in use are left alone.
	 */
	public void closeIdle() {
		this.hosts.pools().forEach(HostPool::closeIdle);
	}

	/**
	 * Close every idle connection to one host; those in use are left alone.
	 * @param origin the host as {@code scheme://host:port}
	 * @throws IllegalArgumentException if there has been no request to that host
	 */
	public void closeIdle(String origin) {
		hosts(origin).forEach(HostPool::closeIdle);
	}

	/**
	 * Use the present connections to one host no more and close each when its exchanges
	 * have ended. Later requests open new ones.
	 * @param origin the host as {@code scheme://host:port}
	 * @throws IllegalArgumentException if there has been no request to that host
	 */
	public void drain(String origin) {
		hosts(origin).forEach((host) -> host.drain(CloseReason.DRAINED));
	}

	/**
	 * Follow other settings from now on. Requests that wait for a connection do too; the
	 * connections that are open are drained.
	 * @param settings the settings
	 * @return the generation of the settings, one more than before
	 */
	public synchronized int change(ClientSettings settings) {
		this.generation = this.generation.next(settings);
		supersede();
		return this.generation.number();
	}

	/**
	 * Drain the connections whose settings or TLS context have been replaced, and send
	 * those who wait for one to the connections that took their place.
	 */
	public void supersede() {
		this.hosts.pools().stream().filter((host) -> !this.hosts.isCurrent(host)).forEach(HostPool::supersede);
	}

	private Collection<HostPool> hosts(String origin) {
		Collection<HostPool> found = this.hosts.pools(origin);
		if (found.isEmpty()) {
			ClientSnapshot known = snapshot().limit(NAMED_HOSTS);
			throw new IllegalArgumentException("Client '%s' has no connections to '%s'; it knows %s%s"
				.formatted(this.name, origin, known.hosts().keySet(), (known.omittedHosts() > 0) ? " and others" : ""));
		}
		return found;
	}

	/**
	 * Refuse new requests and those that wait for a connection, close idle connections,
	 * and close each other one when its exchanges have ended.
	 * @return completes when no connection is left
	 */
	public Mono<Void> shutDown() {
		this.shutDown = true;
		this.hosts.pools().forEach((host) -> host.shutDown(host.host().closed()));
		terminateIfEmpty();
		return Mono.fromFuture(this.terminated, true);
	}

	@Override
	public Mono<Void> disposeLater() {
		return Mono.defer(this::shutDown);
	}

	/**
	 * Shut down without waiting for exchanges: all connections are closed now.
	 */
	@Override
	public void dispose() {
		shutDown();
		this.hosts.pools()
			.forEach((host) -> host.connections().forEach((connection) -> connection.close(CloseReason.SHUTDOWN)));
	}

	@Override
	public boolean isDisposed() {
		return this.shutDown && this.open.get() == 0;
	}

	@Override
	public int maxConnections() {
		int max = settings().pool().maxConnectionsPerHost();
		return (max == 0) ? Integer.MAX_VALUE : max;
	}

	// For the hosts

	SettingsGeneration generation() {
		return this.generation;
	}

	boolean isShutDown() {
		return this.shutDown;
	}

	ConnectionListeners listeners() {
		return this.listeners;
	}

	IdleCount idleCount() {
		return this.idleCount;
	}

	LeastRecentlyUsed idleConnections() {
		return this.idleConnections;
	}

	InFlightExchanges inFlight(EventLoop eventLoop) {
		return this.inFlight.computeIfAbsent(eventLoop, (loop) -> new InFlightExchanges(loop, this.hosts::tick));
	}

	void watch(EventLoop eventLoop) {
		this.eventLoopWatch.watch(eventLoop);
	}

	private void stopping(EventLoop eventLoop) {
		InFlightExchanges ending = this.inFlight.remove(eventLoop);
		if (ending != null) {
			ending.end();
		}
		this.hosts.pools().forEach((host) -> host.stopping(eventLoop));
	}

	void connectionBegun() {
		this.open.incrementAndGet();
	}

	void connectionGone(@Nullable ClosedConnection connection) {
		if (connection != null) {
			this.recentlyClosed.add(connection);
		}
		this.open.decrementAndGet();
		terminateIfEmpty();
	}

	private void terminateIfEmpty() {
		if (this.shutDown && this.open.get() == 0) {
			this.names.close();
			this.eventLoopWatch.end();
			this.terminated.complete(null);
		}
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
	private final class Acquisition extends Mono<Connection> {

		private final HttpClientConfig config;

		private final ConnectionObserver observer;

		private final Supplier<? extends SocketAddress> address;

		private final AddressResolverGroup<?> resolver;

		Acquisition(HttpClientConfig config, ConnectionObserver observer, Supplier<? extends SocketAddress> address,
				AddressResolverGroup<?> resolver) {
			this.config = config;
			this.observer = observer;
			this.address = address;
			this.resolver = resolver;
		}

		@Override
		public void subscribe(CoreSubscriber<? super Connection> actual) {
			acquire(this.config, this.observer, this.address.get(), this.resolver, actual);
		}

	}

}
