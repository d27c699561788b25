package dev.connpool.pool.acquire;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.ConnectionOwner;
import dev.connpool.pool.connection.ConnectionRecord;
import dev.connpool.pool.connection.IdleLimit;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.LeastRecentlyUsed;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.Session;
import dev.connpool.pool.connection.SessionFactory;
import dev.connpool.pool.dial.Dial;
import dev.connpool.pool.dial.DialLookup;
import dev.connpool.pool.dial.DialOwner;
import dev.connpool.pool.dial.HostAddresses;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostEvents;
import dev.connpool.pool.host.HostKey;
import dev.connpool.pool.host.IdleCount;
import dev.connpool.pool.host.Mailbox;
import dev.connpool.pool.host.ReloadableSslContext;
import dev.connpool.pool.host.ReplayBudget;
import dev.connpool.settings.Protocol;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one client to one host, and the callers that wait for one. Its parts
 * belong to its mailbox, where one thread at a time works with them. Reserving a stream
 * on an open HTTP/2 connection does without.
 */
public final class HostPool implements ConnectionOwner, DialOwner {

	private final HostPoolOwner owner;

	private final HostKey key;

	private final Host host;

	private final EventLoop eventLoop;

	private final Mailbox mailbox = new Mailbox(this::handle, this::settle);

	private final HostEvents events;

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

	public HostPool(HostPoolOwner owner, HostKey key, Host host, AddressResolverGroup<?> resolver,
			EventLoop eventLoop) {
		this.owner = owner;
		this.key = key;
		this.host = host;
		this.eventLoop = eventLoop;
		this.events = new HostEvents(host, owner.listeners(), owner.recentlyClosed(), owner.memory().of(host.origin()));
		this.lifecycle = new HostPoolLifecycle(this.mailbox, owner, eventLoop, () -> post(this::forget));
		this.replayBudget = owner.replayBudget(host);
		this.idleCount = owner.idleCount().forHost();
		this.idleLimit = new IdleLimit(host.pool().idleTimeout());
		this.pendingAcquires = new PendingAcquires(this.mailbox, eventLoop, owner.tick());
		this.sessions = new MultiplexedSessions(this.mailbox, host.http2().spreadAddresses());
		this.connections = new Connections(this.mailbox, this.sessions);
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
	public ConnPoolException unavailable() {
		return this.owner.isShutDown() ? this.host.errors().closed() : this.host.errors().stopped();
	}

	/**
	 * Return what tells this from the other pools of the client.
	 * @return what shapes the connections
	 */
	public HostKey key() {
		return this.key;
	}

	/**
	 * Return where time is measured for this. Connections may belong to other event
	 * loops.
	 * @return the event loop
	 */
	public EventLoop eventLoop() {
		return this.eventLoop;
	}

	HostPoolOwner owner() {
		return this.owner;
	}

	@Override
	public HostEvents events() {
		return this.events;
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
	public LeastRecentlyUsed idleConnections() {
		return this.owner.idleConnections();
	}

	/**
	 * Return the connections that are open, or are being closed. On any thread.
	 * @return the connections, as they come and go
	 */
	public Set<PooledConnection> connections() {
		return this.connections.all();
	}

	HostPoolLifecycle lifecycle() {
		return this.lifecycle;
	}

	ReplayBudget replayBudget() {
		return this.replayBudget;
	}

	/**
	 * Return who gives connections to callers.
	 * @return where exchanges get their connections from
	 */
	public Dispatcher dispatcher() {
		return this.dispatcher;
	}

	/**
	 * Note that a caller has come, or has given up. On any thread.
	 * @param lease the lease of the exchange
	 */
	void changed(Lease lease) {
		this.mailbox.post(lease);
	}

	// Connections, on any thread

	@Override
	public void reassign(Lease lease) {
		this.dispatcher.reassign(lease);
	}

	@Override
	public void roomFree(PooledConnection connection) {
		if (!connection.session().isShared()) {
			// It belongs to the mailbox from now on.
			this.mailbox.post(connection);
		}
		else if (this.pendingAcquires.published() > 0) {
			this.mailbox.workOff();
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
		return !this.host.http2().strictMaxConcurrentStreams() && dials().hasRoom(this.connections.undrained());
	}

	@Override
	public void stranded(PooledConnection connection) {
		post(() -> closed(connection));
	}

	/**
	 * Open as many connections beforehand as the settings ask for, and keep them.
	 * @param spec how to open them
	 * @param settled told once when they are open, or one could not be opened
	 */
	public void keepReady(ConnectionSpec spec, Runnable settled) {
		post(() -> {
			if (this.lifecycle.isClosed() || this.host.pool().minIdleConnections() == 0) {
				settled.run();
			}
			else if (this.lifecycle.isOver()) {
				this.owner.keepReady(this, spec, settled);
			}
			else {
				this.lifecycle.stay();
				this.dialPlanner.warm().keep(spec, settled);
			}
		});
	}

	/**
	 * Close what is idle, but not what is opened in its place meanwhile.
	 */
	public void closeIdle() {
		post(() -> connections()
			.forEach((connection) -> this.connections.closeIfUnused(connection, CloseReason.IDLE_CLOSED)));
	}

	/**
	 * Use none of the connections any more, and close each when its exchanges have ended.
	 * Those who wait are given new ones. On any thread.
	 * @param reason the reason
	 */
	public void drain(CloseReason reason) {
		post(() -> drainAll(reason));
	}

	/**
	 * Keep no connection and no caller: another takes the place of this pool.
	 */
	public void supersede() {
		post(() -> {
			this.lifecycle.supersede();
			ConnectionSpec kept = this.dialPlanner.warm().end();
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
	public void shutDown(ConnPoolException error) {
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
	public void stopping(EventLoop eventLoop) {
		ConnPoolException error = unavailable();
		this.dialPlanner.abandon(eventLoop, error);
		connections().stream()
			.filter((connection) -> connection.channel().eventLoop() == eventLoop)
			.forEach(HostPool::closeNow);
		post(() -> {
			if (this.lifecycle.isClosed()) {
				refuseAll(error);
			}
		});
	}

	// No task of the event loop would be run any more.
	private static void closeNow(PooledConnection connection) {
		connection.closing(CloseReason.SHUTDOWN);
		connection.channel().close();
	}

	private void refuseAll(ConnPoolException error) {
		assert inMailbox();
		this.dispatcher.refuseAll(error);
		this.lifecycle.stay();
		this.dialPlanner.warm().end();
	}

	@Override
	public void streamLimit(int limit) {
		post(() -> dials().streamLimit(limit));
	}

	@Override
	public void settingsMissing(ConnPoolException error) {
		post(() -> {
			if (Arrays.stream(this.sessions.open()).noneMatch(Session::isReady)) {
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
	public SessionFactory sessionFactory(Protocol protocol) {
		return this.owner.sessionFactory(protocol);
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
		this.owner.channelMade(channel.eventLoop());
		return new PooledConnection(this, channel, record);
	}

	@Override
	public void opened(Dial dial, PooledConnection connection) {
		connection.opened();
		post(() -> added(connection, dial));
		connection.channel().closeFuture().addListener((closed) -> post(() -> closed(connection)));
	}

	@Override
	public void failed(Dial dial, CloseReason reason, ConnPoolException error) {
		post(() -> {
			PooledConnection connection = dial.connection();
			this.events.dialFailed(
					reason, error, (connection != null)
							? connection.record().toClosedConnection(this.host.origin(), reason, null) : null,
					dial.eventLoop());
			this.owner.connectionGone();
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

	/**
	 * Return the mailbox.
	 * @return whom the parts of this belong to
	 */
	Mailbox mailbox() {
		return this.mailbox;
	}

	@Override
	public boolean inMailbox() {
		return this.mailbox.isInside();
	}

	private void handle(Object event) {
		if (event instanceof Lease lease) {
			this.dispatcher.changed(lease);
		}
		else if (event instanceof PooledConnection connection) {
			this.connections.returned(connection);
		}
		else {
			((Runnable) event).run();
		}
	}

	private void added(PooledConnection connection, Dial dial) {
		assert inMailbox();
		this.dialPlanner.succeeded(dial, connection);
		this.connections.add(connection);
		connection.retireAfter(this.host.pool());
		if (this.lifecycle.isClosed()) {
			drain(connection, CloseReason.SHUTDOWN);
		}
	}

	private void drain(PooledConnection connection, CloseReason reason) {
		assert inMailbox();
		if (this.connections.drain(connection, reason)) {
			this.dialPlanner.drained(connection, reason);
		}
	}

	private void drainAll(CloseReason reason) {
		assert inMailbox();
		connections().forEach((connection) -> drain(connection, reason));
	}

	private void closed(PooledConnection connection) {
		assert inMailbox();
		if (!connections().contains(connection)) {
			return;
		}
		CloseReason reason = connection.end().reason();
		Duration idleFor = connection.end().idleFor();
		if (idleFor != null && connection.idleTimer().ended(reason, idleFor)) {
			connections().forEach((other) -> other.idleTimer().look());
		}
		this.connections.remove(connection);
		this.owner.idleConnections().gone(connection.idlePlace());
		this.events.closed(connection.info(), reason,
				connection.record().toClosedConnection(this.host.origin(), reason, idleFor),
				connection.channel().eventLoop());
		this.owner.connectionGone();
		this.dialPlanner.closed(connection, reason);
		if (reason == CloseReason.PROTOCOL_ERROR && connection.record().exchanges() == 0) {
			this.dispatcher.spokenTo(connection);
		}
	}

	private void settle() {
		assert inMailbox();
		// Published first: a stream that becomes free from now on is seen here or wakes
		// us.
		this.pendingAcquires.publish();
		this.dispatcher.serveWaiting();
		this.dialPlanner.dialForWaiting();
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
		assert inMailbox();
		this.lifecycle.stay();
		this.events.dialBegun();
		this.owner.connectionBegun();
		this.owner.watch(dial.eventLoop());
		dial.start();
	}

	private boolean isQuiet() {
		return connections().isEmpty() && this.pendingAcquires.size() == 0 && this.dialPlanner.isQuiet();
	}

	private void forget() {
		assert inMailbox();
		if (this.lifecycle.forget(isQuiet())) {
			this.owner.forget(this);
		}
	}

	// Looking, on any thread

	public DialsUnderWay dials() {
		return this.dialPlanner.dials();
	}

	public PendingAcquires pendingAcquires() {
		return this.pendingAcquires;
	}

	/**
	 * Return what is carried on shared connections. On any thread.
	 * @return the sessions, never changed
	 */
	public Session[] sessions() {
		return this.sessions.open();
	}

	public HostAddresses addresses() {
		return this.addresses;
	}

}
