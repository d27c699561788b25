package dev.connpool.pool.connection;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.ConnectionSpec;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The claim of one exchange to a connection: it waits for one, is granted one, uses it,
 * and ends. Whoever serves it knows it as this alone.
 * <p>
 * Its state may be changed on any thread: of those who want to at the same time one
 * succeeds. What a session tells it, from {@link #begin} to {@link #ended}, is told on
 * the event loop of the connection.
 */
public abstract class Lease implements Runnable {

	private static final AtomicReferenceFieldUpdater<Lease, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(Lease.class, State.class, "state");

	/** The list this is in, and its neighbours there; owned by that list. */
	@Nullable LeaseList<?> list;

	@Nullable Lease previous;

	@Nullable Lease next;

	private volatile State state = State.WAITING;

	private volatile @Nullable PooledConnection connection;

	private volatile long askedAt = System.nanoTime();

	// State

	public final boolean isWaiting() {
		return this.state == State.WAITING;
	}

	public final boolean isActive() {
		return this.state == State.ACTIVE;
	}

	/**
	 * Grant a connection.
	 * @param connection the connection, on which there is room for this
	 * @return whether this still waited
	 */
	public final boolean grant(PooledConnection connection) {
		this.connection = connection;
		return STATE.compareAndSet(this, State.WAITING, State.GRANTED);
	}

	/**
	 * Take the connection back, because it went away before it was used.
	 * @return whether this waits again
	 */
	public final boolean revoke() {
		return STATE.compareAndSet(this, State.GRANTED, State.WAITING);
	}

	/**
	 * Begin to use the connection.
	 * @return whether it is still wanted
	 */
	public final boolean activate() {
		return STATE.compareAndSet(this, State.GRANTED, State.ACTIVE);
	}

	/**
	 * Wait no longer.
	 * @return whether this waited
	 */
	public final boolean leave() {
		return STATE.compareAndSet(this, State.WAITING, State.ENDED);
	}

	/**
	 * Make no use of the connection. Whoever granted it finds that out.
	 * @return whether it was granted and not used yet
	 */
	public final boolean decline() {
		return STATE.compareAndSet(this, State.GRANTED, State.ENDED);
	}

	/**
	 * Be done with the connection.
	 */
	public final void finish() {
		this.state = State.ENDED;
	}

	/**
	 * Return the connection that was granted last. On any thread.
	 * @return the connection, which may have been taken back, or {@code null} if there
	 * was none yet
	 */
	public final @Nullable PooledConnection connection() {
		return this.connection;
	}

	/**
	 * Return the connection of a lease that has one.
	 * @return the connection that was granted last
	 */
	public final PooledConnection granted() {
		return Objects.requireNonNull(this.connection, "No connection granted");
	}

	/**
	 * Return where the connection belongs.
	 * @return the event loop of the connection that was granted last
	 */
	public final EventLoop eventLoop() {
		return granted().channel().eventLoop();
	}

	/**
	 * Return since when a connection is wanted.
	 * @return the time, in terms of {@link System#nanoTime()}
	 */
	public final long askedAt() {
		return this.askedAt;
	}

	/**
	 * Ask for a connection only from now on.
	 */
	public final void askAgain() {
		this.askedAt = System.nanoTime();
	}

	/**
	 * Have the connection serve this. On its event loop.
	 */
	@Override
	public final void run() {
		try {
			granted().session().serve(this);
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	// Waiting

	/**
	 * Return how a connection is opened for this.
	 * @return what shapes the connection
	 */
	public abstract ConnectionSpec spec();

	/**
	 * Return whether only a stream will do, on which both sides send at the same time.
	 * @return whether HTTP/1.1 cannot carry the exchange
	 */
	public boolean needsStream() {
		return false;
	}

	/**
	 * Return whether the exchange is written and read on a channel.
	 * @return whether only a {@link ChannelStream} will do, rather than a
	 * {@link MessageStream}
	 */
	public boolean needsChannel() {
		return true;
	}

	/**
	 * Return whether an idle connection will not do.
	 * @return whether one has just turned out to be broken
	 */
	public abstract boolean wantsFresh();

	/**
	 * Count a new connection on which the server has spoken before it was asked. In the
	 * mailbox of the host.
	 * @return whether another one is not worth waiting for
	 */
	public abstract boolean countSpokenTo();

	/**
	 * Say why this has waited for too long.
	 * @param now the current time
	 * @return the error, or {@code null} if it may go on waiting
	 */
	public abstract @Nullable ConnPoolException overdue(long now);

	/**
	 * Refuse a connection to a lease that waits.
	 * @param error why
	 * @param eventLoop where the caller is told
	 * @return whether it still waited
	 */
	public abstract boolean fail(Throwable error, EventLoop eventLoop);

	/**
	 * Wait somewhere else.
	 * @param source what now serves the host
	 */
	public abstract void moveTo(ConnectionSource source);

	// Using the connection, on its event loop

	/**
	 * Use the connection.
	 * @param stream what carries the exchange
	 * @param reused whether the connection has carried another before
	 */
	public abstract void begin(SessionStream stream, boolean reused);

	/**
	 * Return whether the connection was ever used.
	 * @return whether {@link #begin} was called
	 */
	public abstract boolean hasBegun();

	/**
	 * Note that a part of the request is written to a channel now.
	 * @param ctx the place in the pipeline that it has come to
	 * @param msg the part
	 */
	public abstract void sent(ChannelHandlerContext ctx, Object msg);

	/**
	 * Note that the head of the request is written now.
	 * @param repeatable whether the content is there, or its length is stated
	 */
	public abstract void headSent(boolean repeatable);

	/**
	 * Note that a part of the content is written now.
	 * @param bytes the size of the part
	 */
	public abstract void contentSent(int bytes);

	/**
	 * Return whether the head of the request was written.
	 * @return whether anything of the request may have left
	 */
	public abstract boolean isWritten();

	/**
	 * End this because the request is not as long as it says, unless the response has
	 * begun, which then counts for more. If the server waits for what will never come, it
	 * does not.
	 * @param mistake what is wrong, as the end of a sentence
	 * @param incomplete whether a part of the body is missing
	 * @return the error
	 */
	public abstract ConnPoolException misstated(String mistake, boolean incomplete);

	/**
	 * Note that a part of the response arrived, however small.
	 */
	public abstract void heard();

	/**
	 * Note a part of the response that is about to be passed on in a channel.
	 * @param ctx the place in the pipeline that it has come to
	 * @param msg the part
	 */
	public abstract void received(ChannelHandlerContext ctx, Object msg);

	/**
	 * Note that the final head of the response has arrived.
	 * @param status its status
	 */
	public abstract void headReceived(int status);

	/**
	 * Note that a part of the content has arrived.
	 * @param bytes the size of the part
	 */
	public abstract void contentReceived(int bytes);

	/**
	 * Note that all of the response has arrived.
	 */
	public abstract void answered();

	/**
	 * Note that the server has reset the stream.
	 * @param error the name of its error code (RFC 9113, section 7)
	 */
	public abstract void reset(String error);

	/**
	 * Return whether the head of the response has arrived.
	 * @return whether the rest of it is being read
	 */
	public abstract boolean isReading();

	/**
	 * Return whether the response is one without a foreseeable end, which no deadline of
	 * requests ends.
	 * @return whether it is an event stream, or a WebSocket
	 */
	public abstract boolean isEventStream();

	/**
	 * Return whether nobody reads what is received.
	 * @return whether the caller wants no more of the response
	 */
	public abstract boolean isAbandoned();

	/**
	 * Note that what is left of the response is discarded, for the sake of the
	 * connection.
	 */
	public abstract void discarded();

	/**
	 * Note that the caller wants no more of this.
	 */
	public abstract void givenUp();

	/**
	 * Note that there is no more of the response.
	 * @return what its reader is told, or {@code null} if that has been told something,
	 * or all has arrived
	 */
	public abstract @Nullable ConnPoolException cutOff();

	/**
	 * End this with an error: the caller is told, an HTTP/1.1 connection is closed, an
	 * HTTP/2 stream is reset.
	 * @param error the error
	 * @param reason why the connection is closed, if it is
	 */
	public abstract void abort(Throwable error, CloseReason reason);

	/**
	 * Return whether the server is told that it broke the rules of HTTP (RFC 9113,
	 * section 8.1.1).
	 * @return whether this was ended because its response does
	 */
	public abstract boolean isMalformed();

	/**
	 * End this because of an exception, whoever is to blame: an observer of the caller,
	 * or memory that has run out. It is nobody's concern but the caller's.
	 * @param thrown what was thrown
	 */
	public abstract void failed(Throwable thrown);

	/**
	 * Note that the connection is of no more use to this, however that came. Told once.
	 */
	public abstract void ended();

	/**
	 * How far a lease has come. It waits again if its connection goes away before use.
	 */
	private enum State {

		WAITING, GRANTED, ACTIVE, ENDED

	}

}
