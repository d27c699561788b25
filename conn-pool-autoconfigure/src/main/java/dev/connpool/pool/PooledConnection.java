package dev.connpool.pool;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLException;

import dev.connpool.listener.ConnectionInfo;
import dev.connpool.settings.PoolSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ConnectionSnapshot;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.ReactorNetty;
import reactor.netty.channel.ChannelOperations;
import reactor.util.context.Context;

/**
 * One connection to a host. HTTP/1.1 serves one exchange at a time; on HTTP/2 the
 * {@link Http2Session} serves many.
 * <p>
 * Fields are written on the connection's event loop unless they say otherwise.
 */
final class PooledConnection implements Connection, ConnectionObserver {

	/** Takes longer than to write a request, and less than to be answered. */
	private static final long JUST_NOW = TimeUnit.MICROSECONDS.toNanos(100);

	private final ConnectionOwner pool;

	private final Channel channel;

	private final ConnectionRecord record;

	private final InFlightExchanges inFlight;

	private final IdleTimer idleTimer;

	private final IdlePlace idlePlace = new IdlePlace();

	private @Nullable Http2Session http2;

	private @Nullable Exchange current;

	/** What listeners are told this is; {@code null} if there are none. */
	private @Nullable ConnectionInfo info;

	/** Why this is closed; what is noted first stands, on whichever thread. */
	private final AtomicReference<@Nullable End> end = new AtomicReference<>();

	/** What was reported before this was closed. */
	private @Nullable Throwable failure;

	/** Follows the records of TLS; {@code null} without TLS. */
	private @Nullable TlsRecordHandler tlsRecords;

	/** When nothing was left of what the server had sent. */
	private long silentAt;

	/** Whether this has been released although its exchange has not quite ended. */
	private boolean released;

	private volatile boolean draining;

	/** Whether this is going to be closed whatever happens. */
	private volatile boolean doomed;

	PooledConnection(ConnectionOwner pool, Channel channel, ConnectionRecord record) {
		this.pool = pool;
		this.channel = channel;
		this.record = record;
		this.inFlight = pool.inFlight(channel.eventLoop());
		this.idleTimer = new IdleTimer(this, pool.idleLimit());
	}

	@Override
	public Channel channel() {
		return this.channel;
	}

	ConnectionRecord record() {
		return this.record;
	}

	@Nullable Http2Session http2() {
		return this.http2;
	}

	void http2(Http2Session session) {
		this.http2 = session;
	}

	ConnectionOwner pool() {
		return this.pool;
	}

	InFlightExchanges inFlight() {
		return this.inFlight;
	}

	HostEvents events() {
		return this.pool.events();
	}

	/**
	 * Return what listeners are told this is.
	 * @return the description, {@code null} if there are no listeners
	 */
	@Nullable ConnectionInfo info() {
		return this.info;
	}

	/**
	 * Note that this is open.
	 */
	void opened() {
		Protocol protocol = Objects.requireNonNull(this.record.protocol(), "Not negotiated");
		this.info = events().opened(this.record.id(), protocol, this.record.tls() != null, this.record.created());
	}

	// Serving exchanges

	/**
	 * Serve an exchange that this connection was assigned to.
	 * @param exchange the exchange
	 */
	void serve(Exchange exchange) {
		Http2Session session = this.http2;
		if (session != null) {
			session.open(exchange);
		}
		else if (!isFit() || this.current != null || !isSilent()) {
			this.released = false;
			this.pool.reassign(exchange);
		}
		else if (!exchange.activate()) {
			this.pool.released(this);
		}
		else {
			exchangeOverHttp1(exchange);
		}
	}

	/**
	 * Make sure that nothing is left of what the server has sent: it would be taken for
	 * the answer to what is written next. If there is anything, this is closed.
	 * @return whether a request may be written
	 */
	private boolean isSilent() {
		boolean silent = SocketInput.drain(this.channel) && !isWithinTlsRecord();
		this.silentAt = System.nanoTime();
		if (!silent && isFit()) {
			close(CloseReason.PROTOCOL_ERROR);
		}
		return isFit();
	}

	/**
	 * Do so again, unless that was just done.
	 * @return whether a request may be written
	 */
	boolean isStillSilent() {
		return System.nanoTime() - this.silentAt < JUST_NOW || isSilent();
	}

	// Before the first response it may be a ticket for a later handshake, and there is
	// nobody who could get the answer of another.
	private boolean isWithinTlsRecord() {
		return this.tlsRecords != null && this.record.isProven() && this.tlsRecords.isWithinRecord();
	}

	/**
	 * Follow the records of TLS.
	 * @param records the handler that does
	 */
	void tlsRecords(TlsRecordHandler records) {
		this.tlsRecords = records;
	}

	private void exchangeOverHttp1(Exchange exchange) {
		Context context = exchange.currentContext();
		if (!context.isEmpty()) {
			ReactorNetty.setChannelContext(this.channel, context);
		}
		exchange.begin(this.channel, this.inFlight);
		this.current = exchange;
		announce(exchange);
		ChannelOperations<?, ?> operations = exchange.config.channelOperationsProvider().create(this, this, null);
		if (operations != null) {
			operations.bind();
			exchange.deliver(operations);
			exchange.onStateChange(operations, State.CONFIGURED);
		}
	}

	/**
	 * Tell the observers of an exchange how it came by this connection.
	 * @param exchange the exchange
	 */
	void announce(Exchange exchange) {
		boolean reused = this.record.exchanged();
		events().acquired(this.info, exchange.askedAt, reused);
		exchange.onStateChange(this, reused ? State.ACQUIRED : State.CONNECTED);
	}

	@Override
	public Context currentContext() {
		Exchange exchange = this.current;
		return (exchange != null) ? exchange.currentContext() : Context.empty();
	}

	@Override
	public void onStateChange(Connection connection, State state) {
		Exchange exchange = this.current;
		if (exchange == null) {
			return;
		}
		if (state == State.DISCONNECTING) {
			ended(connection, exchange);
		}
		else {
			exchange.onStateChange(connection, state);
		}
	}

	@Override
	public void onUncaughtException(Connection connection, Throwable error) {
		Exchange exchange = this.current;
		if (exchange != null) {
			exchange.onUncaughtException(connection, error);
		}
	}

	private void ended(Connection connection, Exchange exchange) {
		this.current = null;
		exchange.end(this.inFlight);
		events().released(this.info);
		boolean reusable = this.channel.isActive() && isKeptAlive();
		if (reusable) {
			ReactorNetty.setChannelContext(this.channel, null);
			UriTemplates.forget(this.channel);
			EventStreamHandler.unwatch(this.channel);
			this.channel.config().setAutoClose(true);
			releaseEarly();
		}
		else if (this.channel.isActive()) {
			close(exchange.progress().isAnswered() ? CloseReason.KEEP_ALIVE_OFF : CloseReason.CANCELLED);
		}
		this.released = false;
		exchange.onStateChange(connection, reusable ? State.RELEASED : State.DISCONNECTING);
	}

	/**
	 * End the exchange that got no response, of which Reactor Netty says nothing more.
	 */
	void gone() {
		Exchange exchange = this.current;
		if (exchange != null && !exchange.progress().isReading()) {
			this.current = null;
			exchange.end(this.inFlight);
			events().released(this.info);
		}
	}

	/**
	 * Release this because the response has ended, before the caller learns of it: its
	 * next request finds this connection free. An exchange that is assigned to it now
	 * begins when the event loop has finished with this one.
	 */
	void releaseEarly() {
		if (!this.released && isKeptAlive()) {
			this.released = true;
			this.pool.released(this);
		}
	}

	/**
	 * Return whether another exchange may follow.
	 * @return whether neither end wants this closed
	 */
	boolean isKeptAlive() {
		return !this.doomed && isPersistent() && this.pool.host().pool().keepAlive();
	}

	/**
	 * Return the exchange that this serves over HTTP/1.1.
	 * @return the exchange, or {@code null} if there is none
	 */
	@Nullable Exchange current() {
		return this.current;
	}

	/**
	 * Take back an assignment that no exchange made use of.
	 */
	void unused() {
		Http2Session session = this.http2;
		if (session != null) {
			session.unreserve();
		}
		else {
			this.pool.released(this);
		}
	}

	// Age

	/**
	 * Retire this at the end of its lifetime, if that has one.
	 * @param pool says how long, and by which share at most a lifetime is shortened
	 */
	void retireAfter(PoolSettings pool) {
		double share = 1 - pool.maxLifetimeJitter() * ThreadLocalRandom.current().nextDouble();
		long lifetime = (long) (pool.maxLifetime().toNanos() * share);
		if (!pool.maxLifetime().isZero()) {
			try {
				Future<?> timer = this.channel.eventLoop()
					.schedule(() -> this.pool.retire(this, CloseReason.MAX_LIFETIME), lifetime, TimeUnit.NANOSECONDS);
				this.channel.closeFuture().addListener((closed) -> timer.cancel(false));
			}
			catch (RejectedExecutionException ex) {
				close(CloseReason.SHUTDOWN);
			}
		}
	}

	/**
	 * Return since when this is unused. On any thread. On HTTP/2 a stream may be reserved
	 * before the thread that released the last one has called {@link #idle}.
	 * @return when this was last used; 0 while it is in use
	 */
	long idleSince() {
		Http2Session session = this.http2;
		return (session != null && session.activeStreams() > 0) ? 0 : this.idleTimer.since();
	}

	void busy() {
		this.idleTimer.end();
	}

	void idle() {
		this.idleTimer.begin();
		this.pool.idleConnections().unused(this.idlePlace);
	}

	IdleTimer idleTimer() {
		return this.idleTimer;
	}

	LeastRecentlyUsed.Entry idlePlace() {
		return this.idlePlace;
	}

	/**
	 * Note how long the server lets this be unused.
	 * @param timeout the time in nanoseconds; 0 if this must not be used again
	 */
	void idleAtMost(long timeout) {
		if (timeout == 0) {
			markPersistent(false);
		}
		else {
			this.idleTimer.announced(timeout);
		}
	}

	/**
	 * Return what this is doing. On any thread.
	 * @return the state
	 */
	ConnectionSnapshot.State state() {
		if (this.draining) {
			return ConnectionSnapshot.State.DRAINING;
		}
		if (this.http2 != null && this.http2.isProbing()) {
			return ConnectionSnapshot.State.PROBING;
		}
		return (idleSince() != 0) ? ConnectionSnapshot.State.IDLE : ConnectionSnapshot.State.ACTIVE;
	}

	// Closing

	/**
	 * Return whether an exchange may begin. On any thread.
	 * @return whether this is open and going to stay so
	 */
	boolean isFit() {
		return !this.doomed && this.channel.isActive();
	}

	boolean isDraining() {
		return this.draining;
	}

	void draining(CloseReason reason) {
		closing(reason);
		this.draining = true;
	}

	/**
	 * Have requests go to another connection, if one may take the place of this.
	 * @return whether this is used no more
	 */
	boolean leave() {
		Http2Session session = this.http2;
		if (session == null || !(this.draining || this.pool.mayReplaceConnection())) {
			return false;
		}
		session.endReservations();
		this.pool.retire(this, CloseReason.CANCELLED);
		return true;
	}

	/**
	 * Note why this is going to be closed; the first reason stands. On any thread.
	 * @param reason the reason
	 */
	void closing(CloseReason reason) {
		if (this.end.get() == null) {
			this.end.compareAndSet(null, new End(reason, idleNow()));
		}
	}

	/**
	 * Note that this is being closed, which may take a while: nothing else is begun on
	 * it.
	 * @param reason the reason, unless there is one
	 */
	void ending(CloseReason reason) {
		closing(reason);
		this.doomed = true;
	}

	/**
	 * Note that this is closed. If it is not known why, it was not closed on this side.
	 * @param broken whether reading or writing had failed
	 */
	void closed(boolean broken) {
		closing(broken ? CloseReason.PEER_RESET : lastReason());
	}

	// An event loop that ends closes what is open on it.
	private CloseReason lastReason() {
		return this.channel.eventLoop().isShuttingDown() ? CloseReason.SHUTDOWN : CloseReason.PEER_CLOSED;
	}

	private @Nullable Duration idleNow() {
		long since = idleSince();
		return (since != 0) ? Duration.ofNanos(Math.max(0, System.nanoTime() - since)) : null;
	}

	/**
	 * Return how long this had been unused when it ended.
	 * @return the time, or {@code null} if it was in use
	 */
	@Nullable Duration idleFor() {
		End end = this.end.get();
		return (end != null) ? end.idleFor() : idleNow();
	}

	/**
	 * Return whether this is gone and nobody knows why. If it was ended because of what
	 * the server had sent, that may have been a response.
	 * @return whether this is closed, but not for an error of HTTP/2
	 */
	boolean isLost() {
		return !this.channel.isActive() && Http2CodecUtil.getEmbeddedHttp2Exception(this.failure) == null;
	}

	boolean isClosing() {
		return this.end.get() != null;
	}

	/**
	 * Note what was reported just before this is closed.
	 * @param cause what was reported
	 */
	void failed(Throwable cause) {
		this.failure = cause;
	}

	/**
	 * Note that this has ended a response that may not have been complete.
	 */
	void cutShort() {
		if (this.failure == null && this.record.tls() != null) {
			this.failure = new SSLException(
					"The connection ended without close_notify, as anybody on the way can make it end");
		}
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

	CloseReason closeReason() {
		End end = this.end.get();
		return (end != null) ? end.reason() : lastReason();
	}

	/**
	 * Say how this came to its end.
	 * @return the end of a sentence
	 */
	String describeEnd() {
		return switch (closeReason()) {
			case PEER_CLOSED -> "the server closed the connection"
					+ ((this.failure instanceof SSLException) ? " without close_notify (RFC 9112, section 9.8)" : "");
			case PEER_RESET -> "the server reset the connection";
			case PING_TIMEOUT -> "the server did not answer a PING";
			case GOAWAY -> "the server sent GOAWAY and closed the connection";
			case PROTOCOL_ERROR -> "the connection was closed because of an error of the server";
			default -> "the connection was closed (%s)".formatted(closeReason());
		};
	}

	/**
	 * Close this when its event loop has finished with what it is doing now, which may be
	 * handing the end of a response to a caller. On any thread.
	 * @param reason the reason
	 */
	void close(CloseReason reason) {
		ending(reason);
		try {
			this.channel.eventLoop().execute(this.channel::close);
		}
		catch (RejectedExecutionException ex) {
			// Nobody would tell that it is closed.
			this.pool.stranded(this);
		}
	}

	@Override
	public String toString() {
		return "PooledConnection[" + this.pool.host().origin() + ", " + this.channel + "]";
	}

	/**
	 * Why this was closed.
	 *
	 * @param reason the reason
	 * @param idleFor how long it had been unused when that came to be known, {@code null}
	 * if it was in use
	 */
	private record End(CloseReason reason, @Nullable Duration idleFor) {
	}

	/**
	 * The place of this among the idle connections of all hosts.
	 */
	private final class IdlePlace extends LeastRecentlyUsed.Entry {

		@Override
		long unusedSince() {
			return isFit() ? idleSince() : 0;
		}

		@Override
		void letGo(long since, Runnable settled) {
			pool().makeRoom(PooledConnection.this, since, settled);
		}

	}

}
