package dev.connpool.pool;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.error.ConnPoolException;
import dev.connpool.listener.ConnectionListeners;
import dev.connpool.pool.acquire.HostPool;
import dev.connpool.pool.connection.LeastRecentlyUsed;
import dev.connpool.pool.connection.SessionFactory;
import dev.connpool.pool.dial.NameResolution;
import dev.connpool.pool.exchange.ClientExchanges;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.host.HostKey;
import dev.connpool.pool.host.IdleCount;
import dev.connpool.pool.host.RecentlyClosed;
import dev.connpool.pool.http1.Http1SessionFactory;
import dev.connpool.pool.http2.Http2SessionFactory;
import dev.connpool.pool.memory.ClientMemory;
import dev.connpool.pool.survey.Survey;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.HostHistory;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The connections of one client, to all hosts, whichever transport asks for them. Which
 * protocol is spoken is negotiated here. Safe for use by many threads; never blocks.
 */
public final class ConnectionPool {

	private static final List<SessionFactory> SESSIONS = List.of(new Http1SessionFactory(), new Http2SessionFactory());

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

	private final ClientExchanges exchanges = new ClientExchanges(() -> generation().tick());

	private final EventLoopWatch eventLoopWatch = new EventLoopWatch(this::stopping);

	private final AtomicInteger open = new AtomicInteger();

	private final RecentlyClosed recentlyClosed = new RecentlyClosed();

	private final ClientMemory memory;

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
		this.memory = new ClientMemory(settings.endpoint());
		this.names = names;
		this.hosts = new HostPools(this, names);
	}

	/**
	 * Return the name of the client.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Find the connections that serve a request.
	 * @param spec what shapes them
	 * @param address the host, not yet resolved
	 * @return the pool of the host
	 * @throws ConnPoolException if there is no protocol to speak to the host, or the
	 * client has been shut down
	 * @throws IllegalStateException if the protocols to speak were chosen elsewhere
	 */
	public HostPool find(ConnectionSpec spec, SocketAddress address) throws ConnPoolException {
		SettingsGeneration now = this.generation;
		HostKey key = HostKey.of(spec, address, now.number());
		HostPool host = this.hosts.get(key);
		if (host == null) {
			Throwable obstacle = this.hosts.obstacle(spec, key, now);
			if (obstacle instanceof ConnPoolException known) {
				throw known;
			}
			if (obstacle instanceof IllegalStateException wrong) {
				throw wrong;
			}
			host = this.hosts.find(spec, key, now);
		}
		if (this.shutDown) {
			throw host.host().errors().closed();
		}
		return host;
	}

	/**
	 * Look at all hosts. Costs time in proportion to the open connections, on the calling
	 * thread.
	 * @return how they are now
	 */
	public ClientSnapshot snapshot() {
		return look(null).count();
	}

	/**
	 * Look at all hosts, connections and streams, each event loop at its own.
	 * @return how they are now; marked as partial if an event loop does not answer in
	 * time
	 */
	public Mono<ClientSnapshot> survey() {
		return look(null).take();
	}

	/**
	 * Look at one connection with all its streams.
	 * @param connection the connection id
	 * @return how it is now, in the list of its host
	 */
	public Mono<ClientSnapshot> survey(String connection) {
		return look(connection).take();
	}

	/**
	 * Look at all hosts, and remember it. To be called each ten seconds.
	 * @return how they are now
	 */
	public ClientSnapshot remember() {
		Survey survey = look(null);
		ClientSnapshot now = survey.count();
		survey.remember(now, this.memory);
		return now;
	}

	/**
	 * Return how hosts were.
	 * @param longest for how long
	 * @return the history of those of which one is kept
	 */
	public Map<String, HostHistory> history(Duration longest) {
		return look(null).history(longest);
	}

	private Survey look(@Nullable String only) {
		return new Survey(this.name, settings().protocols(), this.hosts.pools(), this.exchanges, this.recentlyClosed,
				only);
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

	ClientMemory memory() {
		return this.memory;
	}

	HostPools hosts() {
		return this.hosts;
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
		this.hosts.pools().forEach((host) -> host.shutDown(host.host().errors().closed()));
		terminateIfEmpty();
		return Mono.fromFuture(this.terminated, true);
	}

	/**
	 * Shut down without waiting for exchanges: all connections are closed now.
	 */
	public void close() {
		shutDown();
		this.hosts.pools()
			.forEach((host) -> host.connections().forEach((connection) -> connection.close(CloseReason.SHUTDOWN)));
	}

	/**
	 * Return whether nothing is left to be done.
	 * @return whether this has been shut down and no connection is left
	 */
	public boolean isTerminated() {
		return this.shutDown && this.open.get() == 0;
	}

	// For the hosts

	/**
	 * Return what the client is told now. On any thread.
	 * @return the settings, until they change
	 */
	public SettingsGeneration generation() {
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

	/**
	 * Return where exchanges are watched while they are in flight.
	 * @return the exchanges of all event loops
	 */
	public ClientExchanges exchanges() {
		return this.exchanges;
	}

	SessionFactory sessionFactory(Protocol protocol) {
		return SESSIONS.stream()
			.filter((factory) -> factory.speaks(protocol))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("There is no session for " + protocol));
	}

	void watch(EventLoop eventLoop) {
		this.eventLoopWatch.watch(eventLoop);
	}

	private void stopping(EventLoop eventLoop) {
		this.exchanges.stopping(eventLoop);
		this.hosts.pools().forEach((host) -> host.stopping(eventLoop));
	}

	void connectionBegun() {
		this.open.incrementAndGet();
	}

	void channelMade(EventLoop eventLoop) {
		this.exchanges.on(eventLoop);
	}

	void connectionGone() {
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

}
