package dev.connpool.pool.connection;

import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import dev.connpool.listener.ConnectionInfo;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostEvents;
import dev.connpool.pool.memory.Tally;
import dev.connpool.settings.PoolSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.Validity;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpStatusClass;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;

/**
 * One connection to a host, whatever is spoken on it: how it was opened, whether it may
 * be used, and why it ended. What it carries is the matter of its {@link Session}.
 * <p>
 * Fields are written on the connection's event loop unless they say otherwise.
 */
public final class PooledConnection implements Connection {

	private static final AtomicReferenceFieldUpdater<PooledConnection, ConnectionState> STATE = AtomicReferenceFieldUpdater
		.newUpdater(PooledConnection.class, ConnectionState.class, "state");

	private final ConnectionOwner owner;

	private final Channel channel;

	private final ConnectionRecord record;

	private final IdleTimer idleTimer;

	private final IdlePlace idlePlace = new IdlePlace();

	/** What the protocol can carry; {@code null} until one is negotiated. */
	private volatile @Nullable Session session;

	/** What listeners are told this is; {@code null} if there are none. */
	private @Nullable ConnectionInfo info;

	private final ConnectionEnd end;

	/** Where its exchanges are counted; {@code null} until it is open. */
	private @Nullable Tally tally;

	private volatile ConnectionState state = ConnectionState.OPENING;

	public PooledConnection(ConnectionOwner owner, Channel channel, ConnectionRecord record) {
		this.owner = owner;
		this.channel = channel;
		this.record = record;
		this.idleTimer = new IdleTimer(this, owner.idleLimit());
		this.end = new ConnectionEnd(channel, this::idleSince);
	}

	@Override
	public Channel channel() {
		return this.channel;
	}

	/**
	 * Return whether the calling thread may do what belongs to this connection. For
	 * assertions.
	 * @return whether it is that of the event loop
	 */
	public boolean inEventLoop() {
		return this.channel.eventLoop().inEventLoop();
	}

	public ConnectionRecord record() {
		return this.record;
	}

	/**
	 * Return what this can carry.
	 * @return the session
	 * @throws NullPointerException if no protocol is negotiated yet
	 */
	public Session session() {
		return Objects.requireNonNull(this.session, "Not negotiated");
	}

	/**
	 * Return whether it is known what this can carry.
	 * @return whether a protocol is negotiated
	 */
	public boolean isNegotiated() {
		return this.session != null;
	}

	/**
	 * Note which protocol was negotiated.
	 * @param session what it can carry
	 */
	public void negotiated(Session session) {
		assert inEventLoop();
		this.session = session;
	}

	public ConnectionOwner owner() {
		return this.owner;
	}

	public Host host() {
		return this.owner.host();
	}

	public HostEvents events() {
		return this.owner.events();
	}

	/**
	 * Return what listeners are told this is.
	 * @return the description, {@code null} before it is open
	 */
	public @Nullable ConnectionInfo info() {
		return this.info;
	}

	/**
	 * Note that this is open.
	 */
	public void opened() {
		assert inEventLoop();
		Protocol protocol = Objects.requireNonNull(this.record.protocol(), "Not negotiated");
		become(ConnectionState.OPEN);
		this.tally = events().memory().tally(this.channel.remoteAddress(), this.channel.eventLoop());
		Validity certificate = this.record.certificate();
		if (certificate != null) {
			events().memory().authenticated(certificate);
		}
		this.info = events().opened(this.record.id(), protocol, this.record.tls() != null, this.record.created());
	}

	/**
	 * Note that an exchange begins.
	 * @param lease its lease
	 * @return whether it is not the first
	 */
	public boolean acquired(Lease lease) {
		assert inEventLoop();
		boolean reused = this.record.exchanged();
		events().acquired(this.info, lease.askedAt(), reused);
		return reused;
	}

	/**
	 * Note that an exchange has begun.
	 * @param waited how long it waited for this, in nanoseconds
	 */
	public void begun(long waited) {
		assert inEventLoop();
		if (this.tally != null) {
			this.tally.waited(waited);
		}
	}

	/**
	 * Note that the header of a response has arrived.
	 * @param status its status
	 * @param begunAt when its exchange began, in terms of {@link System#nanoTime()}
	 */
	public void answered(int status, long begunAt) {
		assert inEventLoop();
		this.record.answered();
		if (this.tally != null) {
			this.tally.answered(System.nanoTime() - begunAt);
			if (HttpStatusClass.SERVER_ERROR.contains(status)) {
				this.tally.failed();
				events().answeredWithError(status);
			}
		}
	}

	/**
	 * Note that an exchange has failed.
	 * @param error what its caller is told
	 */
	public void failed(Throwable error) {
		assert inEventLoop();
		if (events().failed(error) && this.tally != null) {
			this.tally.failed();
		}
	}

	// Age

	/**
	 * Retire this at the end of its lifetime, if that has one.
	 * @param pool says how long, and by which share at most a lifetime is shortened
	 */
	public void retireAfter(PoolSettings pool) {
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
	public long idleSince() {
		Session session = this.session;
		return (session != null && session.isShared() && session.active() > 0) ? 0 : this.idleTimer.since();
	}

	/**
	 * Count this as in use. Every way from there undoes it, so that the count is right
	 * whoever comes first. On any thread.
	 */
	public void busy() {
		this.owner.idleCount().add(-1);
		this.idleTimer.end();
	}

	/**
	 * Count this as idle. On any thread.
	 */
	public void idle() {
		this.owner.idleCount().add(1);
		this.idleTimer.begin();
		this.owner.idleConnections().unused(this.idlePlace);
	}

	public IdleTimer idleTimer() {
		return this.idleTimer;
	}

	/**
	 * Return where this stands when there are too many idle connections in all.
	 * @return the place among the idle connections of all hosts
	 */
	public LeastRecentlyUsed.Entry idlePlace() {
		return this.idlePlace;
	}

	/**
	 * Return what this is doing. On any thread.
	 * @return the state
	 */
	public ConnectionSnapshot.State snapshotState() {
		if (!this.state.precedes(ConnectionState.DRAINING)) {
			return ConnectionSnapshot.State.DRAINING;
		}
		Session session = this.session;
		if (session != null && session.isProbing()) {
			return ConnectionSnapshot.State.PROBING;
		}
		return (idleSince() != 0) ? ConnectionSnapshot.State.IDLE : ConnectionSnapshot.State.ACTIVE;
	}

	// Ending

	/**
	 * Return whether an exchange that was granted this may begin. On any thread.
	 * @return whether this is open and nobody has begun to close it
	 */
	public boolean isFit() {
		return this.state.mayCarry() && this.channel.isActive();
	}

	/**
	 * Return whether this is going to stay open as far as this end is concerned. On any
	 * thread.
	 * @return whether nobody here has begun to close it
	 */
	public boolean mayCarry() {
		return this.state.mayCarry();
	}

	/**
	 * Return whether exchanges are assigned to this. On any thread.
	 * @return whether nobody here wants it closed
	 */
	public boolean isOpen() {
		return this.state.precedes(ConnectionState.DRAINING);
	}

	/**
	 * Return whether this is closed as soon as it carries nothing. On any thread. Not so
	 * any more once it is being closed.
	 * @return whether nothing more is assigned to it
	 */
	public boolean isDraining() {
		return this.state == ConnectionState.DRAINING;
	}

	/**
	 * Return why and how this ends. On any thread, as far as it says so.
	 * @return the end, which may not have come
	 */
	public ConnectionEnd end() {
		return this.end;
	}

	/**
	 * Have nothing more assigned to this. On any thread.
	 * @param reason the reason, unless there is one
	 */
	public void drain(CloseReason reason) {
		this.end.note(reason);
		become(ConnectionState.DRAINING);
	}

	/**
	 * Note that this is being closed, which may take a while: nothing else is begun on
	 * it. On any thread.
	 * @param reason the reason, unless there is one
	 */
	public void closing(CloseReason reason) {
		this.end.note(reason);
		become(ConnectionState.CLOSING);
	}

	/**
	 * Note that this is closed.
	 * @param broken whether reading or writing had failed
	 */
	void closed(boolean broken) {
		assert inEventLoop();
		this.end.closed(broken);
		become(ConnectionState.CLOSED);
	}

	private void become(ConnectionState next) {
		ConnectionState present = this.state;
		while (present.precedes(next) && !STATE.compareAndSet(this, present, next)) {
			present = this.state;
		}
	}

	/**
	 * Close this when its event loop has finished with what it is doing now, which may be
	 * handing the end of a response to a caller. On any thread.
	 * @param reason the reason, unless there is one
	 */
	public void close(CloseReason reason) {
		closing(reason);
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
		return "PooledConnection[" + host().origin() + ", " + this.channel + "]";
	}

	/**
	 * The place of this among the idle connections of all hosts.
	 */
	private final class IdlePlace extends LeastRecentlyUsed.Entry {

		@Override
		protected long unusedSince() {
			return isFit() ? idleSince() : 0;
		}

		@Override
		protected void letGo(long since, Runnable settled) {
			owner().makeRoom(PooledConnection.this, since, settled);
		}

	}

}
