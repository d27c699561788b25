package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import dev.connpool.error.ConnPoolException;
import dev.connpool.listener.ConnectionListeners;
import dev.connpool.snapshot.ClosedConnection;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClientConfig;

/**
 * The connections of one client to one host, and the callers that wait for one. Its parts
 * belong to its mailbox, where one thread at a time works with them. Reserving a stream
 * on an open HTTP/2 connection does without.
 */
final class HostPool implements ConnectionOwner, DialOwner {

	private final HostPoolOwner owner;

	private final HostKey key;

	private final Host host;

	private final EventLoop eventLoop;

	private final Mailbox mailbox = new Mailbox(this::handle, this::settle);

	private final HostCounters counters = new HostCounters();

	private final Connections connections;

	private final PendingAcquires pendingAcquires;

	private final ReplayBudget replayBudget;

	private final IdleCount idleCount;

	private final IdleLimit idleLimit;

	private final MultiplexedSessions sessions;

	private final HostAddresses addresses;

	private final DialPlanner dialPlanner;

	private final Dispatcher dispatcher;

	private final HostPoolLifecycle lifecycle;

	HostPool(HostPoolOwner owner, HostKey key, Host host, AddressResolverGroup<?> resolver, EventLoop eventLoop) {
		this.owner = owner;
		this.key = key;
		this.host = host;
		this.eventLoop = eventLoop;
		this.lifecycle = new HostPoolLifecycle(owner, eventLoop, () -> post(this::forget));
		this.replayBudget = owner.replayBudget(host);
		this.idleCount = owner.idleCount().forHost();
		this.idleLimit = new IdleLimit(host.pool().idleTimeout());
		this.pendingAcquires = new PendingAcquires(eventLoop, owner.tick());
		this.sessions = new MultiplexedSessions(host.http2().spreadAddresses());
		this.connections = new Connections(this.sessions, this.idleCount);
		this.addresses = new HostAddresses(this, owner.names(), resolver, eventLoop);
		this.dialPlanner = new DialPlanner(this, this.connections, this.sessions, this.pendingAcquires, this::begin);
		this.dispatcher = new Dispatcher(this, this.connections, this.sessions, this.pendingAcquires, this.dialPlanner);
		owner.watch(eventLoop);
	}

	@Override
	public Host host() {
		return this.host;
	}

	@Override
	public ConnPoolException closed() {
		return this.owner.isShutDown() ? this.host.closed() : this.host.stopped();
	}

	HostKey key() {
		return this.key;
	}

	EventLoop eventLoop() {
		return this.eventLoop;
	}

	HostPoolOwner owner() {
		return this.owner;
	}

	@Override
	public HostCounters counters() {
		return this.counters;
	}

	@Override
	public IdleCount idleCount() {
		return this.idleCount;
	}

	@Override
	public IdleLimit idleLimit() {
		return this.idleLimit;
	}

	@Override
	public ConnectionListeners listeners() {
		return this.owner.listeners();
	}

	@Override
	public LeastRecentlyUsed idleConnections() {
		return this.owner.idleConnections();
	}

	@Override
	public InFlightExchanges inFlight(EventLoop eventLoop) {
		return this.owner.inFlight(eventLoop);
	}

	Set<PooledConnection> connections() {
		return this.connections.all();
	}

	HostPoolLifecycle lifecycle() {
		return this.lifecycle;
	}

	ReplayBudget replayBudget() {
		return this.replayBudget;
	}

	Dispatcher dispatcher() {
		return this.dispatcher;
	}

	/**
	 * Note that a caller has come, or has given up. On any thread.
	 * @param exchange the exchange
	 */
	void changed(Exchange exchange) {
		this.mailbox.post(exchange);
	}

	// Connections, on any thread

	@Override
	public void reassign(Exchange exchange) {
		this.dispatcher.reassign(exchange);
	}

	@Override
	public void released(PooledConnection connection) {
		this.mailbox.post(connection);
	}

	@Override
	public void streamFree(PooledConnection connection) {
		if (this.pendingAcquires.published() > 0) {
			this.mailbox.drain();
		}
		else if (connection.idleSince() != 0) {
			limitIdle(connection);
		}
	}

	private void limitIdle(PooledConnection returning) {
		if (this.idleCount.get() > this.host.pool().maxIdleConnectionsPerHost()) {
			evict(returning, CloseReason.MAX_IDLE_PER_HOST);
		}
		else {
			this.owner.idleConnections().limit();
		}
	}

	@Override
	public void evict(PooledConnection connection, CloseReason reason) {
		post(() -> {
			if (reason == CloseReason.IDLE_TIMEOUT && this.dialPlanner.spares(connection)) {
				connection.idleTimer().again();
			}
			else {
				this.connections.closeIfUnused(connection, reason);
			}
		});
	}

	@Override
	public void makeRoom(PooledConnection connection, long since, Runnable settled) {
		post(() -> {
			try {
				if (connection.idleSince() == since) {
					this.connections.closeIfUnused(connection, CloseReason.MAX_IDLE);
				}
			}
			finally {
				settled.run();
			}
		});
	}

	@Override
	public void retire(PooledConnection connection, CloseReason reason) {
		post(() -> drain(connection, reason));
	}

	@Override
	public boolean mayReplaceConnection() {
		return !this.host.http2().strictMaxConcurrentStreams() && dials().hasRoom(this.connections.usable());
	}

	@Override
	public void stranded(PooledConnection connection) {
		post(() -> closed(connection));
	}

	/**
	 * Open as many connections beforehand as the settings ask for, and keep them.
	 * @param config how to open them
	 * @param settled told once when they are open, or one could not be opened
	 */
	void keepReady(HttpClientConfig config, Runnable settled) {
		post(() -> {
			if (this.lifecycle.isClosed() || this.host.pool().minIdleConnections() == 0) {
				settled.run();
			}
			else if (this.lifecycle.isOver()) {
				this.owner.keepReady(this, config, settled);
			}
			else {
				this.lifecycle.stay();
				this.dialPlanner.warm().keep(config, settled);
			}
		});
	}

	/**
	 * Close what is idle, but not what is opened in its place meanwhile.
	 */
	void closeIdle() {
		post(() -> connections()
			.forEach((connection) -> this.connections.closeIfUnused(connection, CloseReason.IDLE_CLOSED)));
	}

	void drain(CloseReason reason) {
		post(() -> drainAll(reason));
	}

	/**
	 * Keep no connection and no caller: another takes the place of this pool.
	 */
	void supersede() {
		post(() -> {
			this.lifecycle.supersede();
			HttpClientConfig kept = this.dialPlanner.warm().end();
			if (kept != null) {
				this.owner.keepReady(this, kept, () -> {
				});
			}
			this.dispatcher.moveOn();
		});
	}

	/**
	 * Refuse the callers that wait and drain the connections.
	 * @param error what the callers are told
	 */
	void shutDown(ConnPoolException error) {
		post(() -> {
			refuseAll(error);
			this.dialPlanner.abandon(error);
			drainAll(CloseReason.SHUTDOWN);
		});
	}

	/**
	 * Keep no caller and no connection that need an event loop which is about to stop. On
	 * that event loop.
	 * @param eventLoop the event loop
	 */
	void stopping(EventLoop eventLoop) {
		ConnPoolException error = closed();
		this.dialPlanner.abandon(eventLoop, error);
		connections().stream()
			.map(PooledConnection::channel)
			.filter((channel) -> channel.eventLoop() == eventLoop)
			.forEach(Channel::close);
		post(() -> {
			if (this.lifecycle.isClosed()) {
				refuseAll(error);
			}
		});
	}

	private void refuseAll(ConnPoolException error) {
		this.dispatcher.refuseAll(error);
		this.lifecycle.stay();
		this.dialPlanner.warm().end();
	}

	@Override
	public void streamLimit(int limit) {
		post(() -> dials().streamLimit(limit));
	}

	@Override
	public void settingsMissing(Http2Session session) {
		ConnPoolException error = this.host.settingsMissing();
		session.fail(error);
		post(() -> {
			if (Arrays.stream(this.sessions.open()).noneMatch(Http2Session::isReady)) {
				this.pendingAcquires.failAll(error);
			}
		});
	}

	// For dials

	@Override
	public @Nullable ReloadableSslContext tls() {
		return this.key.tls();
	}

	@Override
	public boolean sharesConnections() {
		return dials().sharesConnections();
	}

	@Override
	public DialLookup lookup(@Nullable InetSocketAddress aim) {
		return this.addresses.lookup(aim);
	}

	@Override
	public PooledConnection connection(Channel channel, ConnectionRecord record) {
		return new PooledConnection(this, channel, record);
	}

	@Override
	public void opened(Dial dial, PooledConnection connection) {
		if (connection.record().tls() != null) {
			this.counters.handshake();
		}
		connection.opened();
		post(() -> added(connection, dial));
		connection.channel().closeFuture().addListener((closed) -> {
			post(() -> closed(connection));
			connection.tell((listener, told) -> listener.closed(told, connection.closeReason().toString(),
					connection.record().age()));
		});
	}

	@Override
	public void failed(Dial dial, CloseReason reason, ConnPoolException error) {
		listeners().tell((listener) -> listener.failed(this.host.client(), this.host.origin(), reason.toString()));
		post(() -> {
			PooledConnection connection = dial.connection();
			gone((connection != null) ? connection.record().closed(this.host.origin(), reason, null) : null, reason);
			if (!this.owner.isCurrent(this)) {
				// It may have been opened for what took the place of this pool.
				dials().failed(dial);
				supersede();
			}
			else {
				this.dialPlanner.failed(dial, error);
			}
		});
	}

	@Override
	public void resolved(List<InetSocketAddress> answer) {
		post(() -> this.addresses.learn(answer));
	}

	@Override
	public void lookedUp(List<InetSocketAddress> answer, @Nullable Throwable failure) {
		post(() -> {
			List<PooledConnection> stranded = this.addresses.lookedUp(answer, failure, connections());
			if (this.host.settings().dns().drainRemovedAddresses()) {
				stranded.forEach((connection) -> drain(connection, CloseReason.ADDRESS_REMOVED));
			}
			if (!answer.isEmpty()) {
				this.dialPlanner.lookedUp();
			}
		});
	}

	// In the mailbox

	/**
	 * Leave an event in the mailbox. On any thread.
	 * @param event what is run there
	 */
	void post(Runnable event) {
		this.mailbox.post(event);
	}

	private void handle(Object event) {
		if (event instanceof Exchange exchange) {
			this.dispatcher.changed(exchange);
		}
		else if (event instanceof PooledConnection connection) {
			this.connections.returned(connection);
		}
		else {
			((Runnable) event).run();
		}
	}

	private void added(PooledConnection connection, Dial dial) {
		this.dialPlanner.succeeded(dial, connection);
		this.connections.add(connection);
		connection.retireAfter(this.host.pool());
		if (this.lifecycle.isClosed()) {
			drain(connection, CloseReason.SHUTDOWN);
		}
	}

	private void drain(PooledConnection connection, CloseReason reason) {
		if (this.connections.drain(connection, reason)) {
			this.dialPlanner.drained(connection, reason);
		}
	}

	private void drainAll(CloseReason reason) {
		connections().forEach((connection) -> drain(connection, reason));
	}

	private void closed(PooledConnection connection) {
		if (!connections().contains(connection)) {
			return;
		}
		CloseReason reason = connection.closeReason();
		Duration idleFor = connection.idleFor();
		if (idleFor != null && connection.idleTimer().ended(reason, idleFor)) {
			connections().forEach((other) -> other.idleTimer().look());
		}
		this.connections.remove(connection);
		this.owner.idleConnections().gone(connection.idlePlace());
		gone(connection.record().closed(this.host.origin(), reason, idleFor), reason);
		this.dialPlanner.closed(connection, reason);
		if (reason == CloseReason.PROTOCOL_ERROR && connection.record().exchanges() == 0) {
			this.dispatcher.spokenTo(connection);
		}
	}

	private void gone(@Nullable ClosedConnection connection, CloseReason reason) {
		this.counters.closed(reason);
		this.owner.connectionGone(connection);
	}

	private void settle() {
		// Published first: a stream that becomes free from now on is seen here or wakes
		// us.
		this.pendingAcquires.publish();
		this.dispatcher.serve();
		this.dialPlanner.serve();
		if (!this.lifecycle.isSuperseded() && !this.lifecycle.isClosed()) {
			this.dialPlanner.spread();
		}
		this.dialPlanner.fill();
		this.dispatcher.refuse();
		if (this.lifecycle.isSuperseded()) {
			drainAll(CloseReason.SUPERSEDED);
		}
		this.pendingAcquires.publish();
		this.dispatcher.watchDeadlines();
		PooledConnection returned = this.connections.lastUsed();
		if (returned != null && this.pendingAcquires.size() == 0) {
			limitIdle(returned);
		}
		this.addresses.watch(!connections().isEmpty() && !this.lifecycle.isClosed());
		if (isQuiet()) {
			this.lifecycle.quiet();
		}
	}

	private void begin(Dial dial) {
		this.lifecycle.stay();
		this.counters.opened();
		this.owner.connectionBegun();
		this.owner.watch(dial.eventLoop());
		dial.start();
	}

	private boolean isQuiet() {
		return connections().isEmpty() && this.pendingAcquires.size() == 0 && this.dialPlanner.isQuiet();
	}

	private void forget() {
		if (this.lifecycle.forget(isQuiet())) {
			this.owner.forget(this);
		}
	}

	// Looking, on any thread

	DialsUnderWay dials() {
		return this.dialPlanner.dials();
	}

	PendingAcquires pendingAcquires() {
		return this.pendingAcquires;
	}

	Http2Session[] sessions() {
		return this.sessions.open();
	}

	HostAddresses addresses() {
		return this.addresses;
	}

}
