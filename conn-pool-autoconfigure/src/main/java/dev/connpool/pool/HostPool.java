package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import dev.connpool.error.AcquireTimeoutException;
import dev.connpool.error.ConnPoolException;
import dev.connpool.error.PendingAcquiresFullException;
import dev.connpool.snapshot.ClosedConnection;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClientConfig;

/**
 * The connections of one client to one host, and the callers that wait for one.
 * <p>
 * What is neither final nor {@code volatile} belongs to the mailbox: it is only touched
 * by events posted there. Reserving a stream on an open HTTP/2 connection does without.
 */
final class HostPool {

	private static final long FORGET_AFTER_MINUTES = 5;

	private final ConnectionPool client;

	private final HostKey key;

	private final Host host;

	private final EventLoop eventLoop;

	private final Mailbox mailbox = new Mailbox(this::handle, this::settle);

	private final HostCounters counters = new HostCounters();

	private final Connections connections;

	private final Waiters waiters;

	/** Callers whose requests are sent again in a while. */
	private final Set<Exchange> resting = ConcurrentHashMap.newKeySet();

	private final IdleCount idleCount;

	private final IdleLimit idleLimit;

	private final Sessions sessions;

	private final Addresses addresses;

	private final Dialler dialler;

	private @Nullable Future<?> forgetting;

	private boolean forgotten;

	private boolean superseded;

	HostPool(ConnectionPool client, HostKey key, Host host, AddressResolverGroup<?> resolver, EventLoop eventLoop) {
		this.client = client;
		this.key = key;
		this.host = host;
		this.eventLoop = eventLoop;
		this.idleCount = client.idleCount().forHost();
		this.idleLimit = new IdleLimit(host.pool().idleTimeout());
		this.waiters = new Waiters(eventLoop, client.tick());
		this.sessions = new Sessions(host.http2().spreadAddresses());
		this.connections = new Connections(this.sessions, this.idleCount);
		this.addresses = new Addresses(this, resolver, eventLoop);
		this.dialler = new Dialler(this, this.connections, this.sessions, this.waiters, this::begin);
		client.watch(eventLoop);
	}

	Host host() {
		return this.host;
	}

	HostKey key() {
		return this.key;
	}

	AddressResolverGroup<?> resolver() {
		return this.addresses.resolver();
	}

	EventLoop eventLoop() {
		return this.eventLoop;
	}

	ConnectionPool client() {
		return this.client;
	}

	HostCounters counters() {
		return this.counters;
	}

	IdleCount idleCount() {
		return this.idleCount;
	}

	IdleLimit idleLimit() {
		return this.idleLimit;
	}

	Set<PooledConnection> connections() {
		return this.connections.all();
	}

	String describe() {
		int max = this.host.pool().maxConnectionsPerHost();
		return "%d of %s connections open, %d being opened, %d callers waiting".formatted(this.connections.usable(),
				(max == 0) ? "unlimited" : max, dials().underWay().size(), this.waiters.published());
	}

	// Callers, on any thread

	void acquire(Exchange exchange) {
		PooledConnection connection = (this.waiters.published() == 0) ? this.sessions.reserve() : null;
		if (connection == null) {
			this.mailbox.post(exchange);
		}
		else if (!exchange.assign(connection)) {
			connection.unused();
		}
		else {
			dispatch(exchange, connection);
		}
	}

	private void dispatch(Exchange exchange, PooledConnection connection) {
		try {
			// Even if it could run now: a caller that asks when a response ends would
			// have
			// its request made inside the reading of that response, at a tenth more CPU.
			exchange.eventLoop().execute(exchange);
		}
		catch (RejectedExecutionException ex) {
			// The event loops have been stopped before the client.
			connection.close(CloseReason.SHUTDOWN);
			connection.unused();
			if (exchange.unassign()) {
				exchange.fail(this.host.closed(), this.eventLoop);
			}
		}
	}

	void cancelled(Exchange exchange) {
		this.resting.remove(exchange);
		this.mailbox.post(exchange);
	}

	/**
	 * Find another connection for an exchange whose connection went away before use.
	 * @param exchange the exchange
	 */
	void reassign(Exchange exchange) {
		if (exchange.unassign()) {
			post(() -> {
				if (isClosed()) {
					exchange.fail(this.host.closed(), this.eventLoop);
				}
				else if (exchange.isWaiting() && !this.superseded) {
					this.waiters.addFirst(exchange);
				}
				else {
					changed(exchange);
				}
			});
		}
	}

	/**
	 * Note that a request is sent again in a while, for which nobody waits once the
	 * client is shut down.
	 * @param exchange the exchange
	 */
	void rests(Exchange exchange) {
		this.resting.add(exchange);
		if (isClosed()) {
			this.resting.remove(exchange);
			exchange.fail(this.host.closed(), this.eventLoop);
		}
		else if (!exchange.isWaiting()) {
			// Its caller gave up meanwhile.
			this.resting.remove(exchange);
		}
	}

	/**
	 * Find a connection for a request that is sent again. Its caller has waited before,
	 * so it goes first.
	 * @param exchange the exchange
	 */
	void replay(Exchange exchange) {
		this.resting.remove(exchange);
		post(() -> {
			if (!this.forgotten && !this.superseded && !isClosed() && exchange.isWaiting()) {
				this.waiters.addFirst(exchange);
			}
			else {
				changed(exchange);
			}
		});
	}

	// Connections, on any thread

	/**
	 * Note that an HTTP/1.1 connection is free, or will be when its event loop has done
	 * what it is doing now.
	 * @param connection the connection
	 */
	void released(PooledConnection connection) {
		this.mailbox.post(connection);
	}

	/**
	 * Note that a stream has become free on an HTTP/2 connection.
	 * @param connection the connection
	 */
	void streamFree(PooledConnection connection) {
		if (this.waiters.published() > 0) {
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
			this.client.limitIdle();
		}
	}

	/**
	 * Close a connection unless it is in use.
	 * @param connection the connection
	 * @param reason the reason
	 */
	void evict(PooledConnection connection, CloseReason reason) {
		post(() -> {
			if (reason == CloseReason.IDLE_TIMEOUT && this.dialler.spares(connection)) {
				connection.idleTimer().again();
			}
			else {
				this.connections.closeIfUnused(connection, reason);
			}
			if (reason == CloseReason.MAX_IDLE) {
				this.client.limitIdle();
			}
		});
	}

	/**
	 * Use a connection no more, and close it when its exchanges have ended.
	 * @param connection the connection
	 * @param reason the reason
	 */
	void retire(PooledConnection connection, CloseReason reason) {
		post(() -> drain(connection, reason));
	}

	/**
	 * Note that the event loop of a connection has been stopped, so that it cannot be
	 * closed in order.
	 * @param connection the connection
	 */
	void stranded(PooledConnection connection) {
		post(() -> closed(connection));
	}

	/**
	 * Open as many connections beforehand as the settings ask for, and keep them.
	 * @param config how to open them
	 * @param settled told once when they are open, or one could not be opened
	 */
	void keepReady(HttpClientConfig config, Runnable settled) {
		post(() -> {
			if (isClosed() || this.host.pool().minIdleConnections() == 0) {
				settled.run();
			}
			else if (this.forgotten || this.superseded) {
				this.client.keepReady(this, config, settled);
			}
			else {
				stayKnown();
				this.dialler.reserve().keep(config, settled);
			}
		});
	}

	/**
	 * Go on opening the connections that are kept ready, after a pause.
	 */
	void refill() {
		post(this.dialler.reserve()::resume);
	}

	void closeIdle(CloseReason reason) {
		connections().forEach((connection) -> evict(connection, reason));
	}

	void drain(CloseReason reason) {
		post(() -> drainAll(reason));
	}

	/**
	 * Keep no connection and no caller: another takes the place of this pool.
	 */
	void supersede() {
		post(() -> {
			this.superseded = true;
			HttpClientConfig kept = this.dialler.reserve().end();
			if (kept != null) {
				this.client.keepReady(this, kept, () -> {
				});
			}
			for (Exchange first = this.waiters.first(); first != null; first = this.waiters.first()) {
				this.waiters.remove(first);
				changed(first);
			}
		});
	}

	/**
	 * Refuse the callers that wait and drain the connections.
	 * @param error what the callers are told
	 */
	void shutDown(ConnPoolException error) {
		post(() -> {
			refuseAll(error);
			this.dialler.abandon(error);
			drainAll(CloseReason.SHUTDOWN);
		});
	}

	/**
	 * Keep no caller and no connection that need an event loop which is about to stop. On
	 * that event loop.
	 * @param eventLoop the event loop
	 */
	void stopping(EventLoop eventLoop) {
		ConnPoolException error = this.host.closed();
		this.dialler.abandon(eventLoop, error);
		connections().stream()
			.map(PooledConnection::channel)
			.filter((channel) -> channel.eventLoop() == eventLoop)
			.forEach(Channel::close);
		post(() -> {
			if (isClosed()) {
				refuseAll(error);
			}
		});
	}

	private void refuseAll(ConnPoolException error) {
		this.waiters.failAll(error);
		this.resting.forEach((exchange) -> exchange.fail(error, this.eventLoop));
		this.resting.clear();
		stayKnown();
		this.dialler.reserve().end();
	}

	/**
	 * Return whether nobody is served any more. On any thread.
	 * @return whether the client has been shut down, or its event loops are
	 */
	private boolean isClosed() {
		return this.client.isShutDown() || this.eventLoop.isShuttingDown();
	}

	/**
	 * Note what the server's SETTINGS allow.
	 * @param limit the streams that may be open at once on one connection
	 */
	void streamLimit(int limit) {
		post(() -> dials().streamLimit(limit));
	}

	void settingsMissing(Http2Session session) {
		ConnPoolException error = this.host.settingsMissing();
		session.fail(error);
		post(() -> {
			if (Arrays.stream(this.sessions.open()).noneMatch(Http2Session::isReady)) {
				this.waiters.failAll(error);
			}
		});
	}

	// The outcome of dialling, on the event loop of the channel

	void opened(Dial dial, PooledConnection connection) {
		if (connection.record().tls() != null) {
			this.counters.handshake();
		}
		connection.opened();
		post(() -> {
			this.dialler.succeeded(dial, connection);
			added(connection);
		});
		connection.channel().closeFuture().addListener((closed) -> {
			post(() -> closed(connection));
			connection.tell((listener, told) -> listener.closed(told, connection.closeReason().toString(),
					connection.record().age()));
		});
	}

	void failed(Dial dial, CloseReason reason, ConnPoolException error) {
		this.client.listeners()
			.tell((listener) -> listener.failed(this.host.client(), this.host.origin(), reason.toString()));
		post(() -> {
			PooledConnection connection = dial.connection();
			gone((connection != null) ? connection.record().closed(this.host.origin(), reason, null) : null, reason);
			if (!this.client.isCurrent(this)) {
				// It may have been opened for what took the place of this pool.
				this.dialler.obsolete(dial);
				supersede();
			}
			else {
				this.dialler.failed(dial, error);
			}
		});
	}

	// What the name stands for, on any thread

	void resolved(List<InetSocketAddress> answer) {
		post(() -> this.addresses.learn(answer));
	}

	void lookedUp(List<InetSocketAddress> answer, @Nullable Throwable failure) {
		post(() -> {
			List<PooledConnection> stranded = this.addresses.lookedUp(answer, failure);
			if (this.client.settings().dns().drainRemovedAddresses()) {
				stranded.forEach((connection) -> drain(connection, CloseReason.DRAINED));
			}
			if (!answer.isEmpty()) {
				this.dialler.lookedUp();
			}
		});
	}

	// In the mailbox

	private void post(Runnable event) {
		this.mailbox.post(event);
	}

	private void handle(Object event) {
		if (event instanceof Exchange exchange) {
			changed(exchange);
		}
		else if (event instanceof PooledConnection connection) {
			this.connections.returned(connection);
		}
		else {
			((Runnable) event).run();
		}
	}

	private void changed(Exchange exchange) {
		if (!exchange.isWaiting()) {
			this.waiters.remove(exchange);
		}
		else if (isClosed()) {
			exchange.fail(this.host.closed(), this.eventLoop);
		}
		else if (this.forgotten || this.superseded) {
			this.client.redirect(exchange, this);
		}
		else {
			this.waiters.add(exchange);
		}
	}

	private void added(PooledConnection connection) {
		this.connections.add(connection);
		connection.retireAfter(this.host.pool());
		if (isClosed()) {
			drain(connection, CloseReason.SHUTDOWN);
		}
	}

	private void drain(PooledConnection connection, CloseReason reason) {
		if (this.connections.drain(connection, reason)) {
			this.dialler.drained(connection, reason);
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
		gone(connection.record().closed(this.host.origin(), reason, idleFor), reason);
		this.dialler.closed(connection, reason);
	}

	private void gone(@Nullable ClosedConnection connection, CloseReason reason) {
		this.counters.closed(reason);
		this.client.connectionGone(connection);
	}

	private void settle() {
		// Published first: a stream that becomes free from now on is seen here or wakes
		// us.
		this.waiters.publish();
		serve();
		this.dialler.serve();
		if (!this.superseded && !isClosed()) {
			this.dialler.spread();
		}
		this.dialler.fill();
		refuse();
		if (this.superseded) {
			drainAll(CloseReason.DRAINED);
		}
		this.waiters.publish();
		watchDeadlines();
		PooledConnection returned = this.connections.lastUsed();
		if (returned != null && this.waiters.size() == 0) {
			limitIdle(returned);
		}
		this.addresses.watch(!connections().isEmpty() && !isClosed());
		forgetLater();
	}

	private void watchDeadlines() {
		try {
			this.waiters.watch((now) -> post(() -> this.waiters.expire(now)));
		}
		catch (RejectedExecutionException ex) {
			this.waiters.failAll(this.host.closed());
		}
	}

	private void serve() {
		@Nullable Exchange waiter = this.waiters.first();
		int unserved = 0;
		while (waiter != null) {
			Exchange next = waiter.next;
			if (!waiter.isWaiting()) {
				this.waiters.remove(waiter);
			}
			else if (!serve(waiter)) {
				if (!waiter.wantsFresh()) {
					return;
				}
				this.dialler.makeRoom(++unserved);
			}
			waiter = next;
		}
	}

	private boolean serve(Exchange waiter) {
		PooledConnection connection = waiter.wantsFresh() ? this.connections.takeFresh() : this.connections.take();
		if (connection == null) {
			return false;
		}
		this.waiters.remove(waiter);
		if (waiter.assign(connection)) {
			dispatch(waiter, connection);
		}
		else {
			connection.unused();
		}
		return true;
	}

	private void begin(Dial dial) {
		stayKnown();
		this.counters.opened();
		this.client.connectionBegun();
		this.client.watch(dial.eventLoop());
		dial.start();
	}

	private void refuse() {
		int limit = this.host.pool().maxPendingAcquires();
		while (this.waiters.size() - this.dialler.expected() > limit) {
			countIfFull();
			this.waiters.failLast(
					() -> new PendingAcquiresFullException(this.host.client(), this.host.origin(), limit, describe()));
		}
	}

	ConnPoolException acquireTimeout() {
		countIfFull();
		return new AcquireTimeoutException(this.host.client(), this.host.origin(), this.host.timeouts().acquire(),
				describe());
	}

	private void countIfFull() {
		int max = this.host.pool().maxConnectionsPerHost();
		if (max > 0 && this.connections.usable() >= max) {
			this.counters.turnedAway();
		}
	}

	private boolean isQuiet() {
		return connections().isEmpty() && this.waiters.size() == 0 && this.dialler.isQuiet();
	}

	private void forgetLater() {
		if (isQuiet() && this.forgetting == null && !this.forgotten && !isClosed()) {
			try {
				this.forgetting = this.eventLoop.schedule(() -> post(this::forget), FORGET_AFTER_MINUTES,
						TimeUnit.MINUTES);
			}
			catch (RejectedExecutionException ex) {
				// The event loops have been stopped before the client, which is of no use
				// any more.
			}
		}
	}

	private void stayKnown() {
		if (this.forgetting != null) {
			this.forgetting.cancel(false);
			this.forgetting = null;
		}
	}

	private void forget() {
		this.forgetting = null;
		if (isQuiet()) {
			this.forgotten = true;
			this.client.forget(this);
		}
	}

	// Looking, on any thread

	Dials dials() {
		return this.dialler.dials();
	}

	Waiters waiters() {
		return this.waiters;
	}

	Http2Session[] sessions() {
		return this.sessions.open();
	}

	Addresses addresses() {
		return this.addresses;
	}

}
