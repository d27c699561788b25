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

/**
 * One connection to a host, whatever is spoken on it: how it was opened, whether it may
 * be used, and why it ended. What it carries is the matter of its {@link Session}.
 * <p>
 * Fields are written on the connection's event loop unless they say otherwise.
 */
final class PooledConnection implements Connection {

	private final ConnectionOwner owner;

	private final Channel channel;

	private final ConnectionRecord record;

	private final IdleTimer idleTimer;

	private final IdlePlace idlePlace = new IdlePlace();

	/** What the protocol can carry; {@code null} until one is negotiated. */
	private volatile @Nullable Session session;

	/** What listeners are told this is; {@code null} if there are none. */
	private @Nullable ConnectionInfo info;

	/** Why this is closed; what is noted first stands, on whichever thread. */
	private final AtomicReference<@Nullable End> end = new AtomicReference<>();

	/** What was reported before this was closed. */
	private @Nullable Throwable failure;

	private volatile boolean draining;

	/** Whether this is going to be closed whatever happens. */
	private volatile boolean doomed;

	PooledConnection(ConnectionOwner owner, Channel channel, ConnectionRecord record) {
		this.owner = owner;
		this.channel = channel;
		this.record = record;
		this.idleTimer = new IdleTimer(this, owner.idleLimit());
	}

	@Override
	public Channel channel() {
		return this.channel;
	}

	ConnectionRecord record() {
		return this.record;
	}

	/**
	 * Return what this can carry.
	 * @return the session
	 * @throws NullPointerException if no protocol is negotiated yet
	 */
	Session session() {
		return Objects.requireNonNull(this.session, "Not negotiated");
	}

	/**
	 * Return whether it is known what this can carry.
	 * @return whether a protocol is negotiated
	 */
	boolean isNegotiated() {
		return this.session != null;
	}

	/**
	 * Note which protocol was negotiated.
	 * @param session what it can carry
	 */
	void negotiated(Session session) {
		this.session = session;
	}

	ConnectionOwner owner() {
		return this.owner;
	}

	HostEvents events() {
		return this.owner.events();
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

	/**
	 * Note that an exchange begins.
	 * @param lease its lease
	 * @return whether it is not the first
	 */
	boolean acquired(Lease lease) {
		boolean reused = this.record.exchanged();
		events().acquired(this.info, lease.askedAt(), reused);
		return reused;
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
					.schedule(() -> this.owner.retire(this, CloseReason.MAX_LIFETIME), lifetime, TimeUnit.NANOSECONDS);
				this.channel.closeFuture().addListener((closed) -> timer.cancel(false));
			}
			catch (RejectedExecutionException ex) {
				close(CloseReason.SHUTDOWN);
			}
		}
	}

	/**
	 * Return since when this is unused. On any thread. Room on a shared connection may be
	 * reserved before the thread that gave back the last has called {@link #idle}.
	 * @return when this was last used; 0 while it is in use
	 */
	long idleSince() {
		Session session = this.session;
		return (session != null && session.isShared() && session.active() > 0) ? 0 : this.idleTimer.since();
	}

	/**
	 * Count this as in use. Every way from there undoes it, so that the count is right
	 * whoever comes first. On any thread.
	 */
	void busy() {
		this.owner.idleCount().add(-1);
		this.idleTimer.end();
	}

	/**
	 * Count this as idle. On any thread.
	 */
	void idle() {
		this.owner.idleCount().add(1);
		this.idleTimer.begin();
		this.owner.idleConnections().unused(this.idlePlace);
	}

	IdleTimer idleTimer() {
		return this.idleTimer;
	}

	LeastRecentlyUsed.Entry idlePlace() {
		return this.idlePlace;
	}

	/**
	 * Return what this is doing. On any thread.
	 * @return the state
	 */
	ConnectionSnapshot.State state() {
		if (this.draining) {
			return ConnectionSnapshot.State.DRAINING;
		}
		Session session = this.session;
		if (session != null && session.isProbing()) {
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

	/**
	 * Return whether this is going to stay open as far as this end is concerned. On any
	 * thread.
	 * @return whether nobody here has begun to close it
	 */
	boolean isUsable() {
		return !this.doomed;
	}

	boolean isDraining() {
		return this.draining;
	}

	void draining(CloseReason reason) {
		closing(reason);
		this.draining = true;
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
			this.owner.stranded(this);
		}
	}

	@Override
	public String toString() {
		return "PooledConnection[" + this.owner.host().origin() + ", " + this.channel + "]";
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
			owner().makeRoom(PooledConnection.this, since, settled);
		}

	}

}
