package dev.connpool.pool.exchange;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.ConnectionSource;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.SessionStream;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.replay.Attempt;
import dev.connpool.snapshot.StreamSnapshot;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * One request and its response on one connection: first a caller that waits, then what an
 * HTTP/1.1 connection or an HTTP/2 stream carries. If it is lost, another takes its
 * place.
 * <p>
 * Waiting, and what {@link Lease} says, may happen on any thread; all else on the
 * connection's event loop.
 */
public abstract class Exchange extends Lease implements RequestHead {

	/** Bounds how many connections are opened to a server that speaks first. */
	private static final int MAX_SPOKEN_TO = 3;

	private final ClientExchanges exchanges;

	/** Changed by whoever serves the queue, and asked by a caller who gives up. */
	private volatile ConnectionSource source;

	private final @Nullable ExchangeOwner owner;

	private @Nullable Progress progress;

	/** Where this is watched; {@code null} until it begins. */
	private @Nullable InFlightExchanges watch;

	/** Why this is a repetition; {@code null} if it is none. */
	private final @Nullable Attempt attempt;

	/** New connections on which the server has spoken first while this waited. */
	private int spokenTo;

	/**
	 * Whether another exchange has taken the place of this one. Nothing that this comes
	 * to: what the response is discarded of that asked for a repetition may yet end in
	 * any way.
	 */
	private boolean replaced;

	/** How this was ended before its response had ended. */
	private Cut cut = Cut.NONE;

	/** What is logged in the end; {@code null} if nothing is. */
	private final @Nullable ExchangeLog log;

	/** Notices that nobody reads; {@code null} if that is not looked for. */
	private final @Nullable LeakDetector leakDetector;

	/**
	 * Create an exchange.
	 * @param exchanges where it is watched while it is in flight
	 * @param source where it gets its connection from
	 * @param owner the request that it is for, or {@code null} if that is nobody's
	 * concern
	 * @param attempt what makes it a repetition, or {@code null} if it is none
	 */
	public Exchange(ClientExchanges exchanges, ConnectionSource source, @Nullable ExchangeOwner owner,
			@Nullable Attempt attempt) {
		this.exchanges = exchanges;
		this.source = source;
		this.owner = owner;
		this.attempt = attempt;
		this.log = ExchangeLog.of(this, this, Attempt.number(attempt), source.host());
		this.leakDetector = LeakDetector.of(source.host(), owner);
	}

	// What a transport adds

	/**
	 * Return the context of the caller.
	 * @return the context, perhaps empty
	 */
	protected abstract Context callerContext();

	/**
	 * Return whether the caller wants the content of a response decoded.
	 * @return whether it has asked for codings
	 */
	protected abstract boolean acceptsCodings();

	/**
	 * Tell the caller who waits why it gets no connection.
	 * @param error why
	 */
	protected abstract void refused(Throwable error);

	/**
	 * Create what takes the place of this.
	 * @param next what makes it a repetition
	 * @return the exchange
	 */
	protected abstract Exchange again(Attempt next);

	/**
	 * Hand the channel to the caller, whose request is then written.
	 * @param stream what carries this
	 * @param reused whether the connection has carried another before
	 */
	protected abstract void deliver(SessionStream stream, boolean reused);

	/**
	 * End what was handed to the caller.
	 */
	protected abstract void dispose();

	/**
	 * Discard what has arrived of the response, unless somebody has subscribed to it.
	 */
	protected abstract void discard();

	/**
	 * Tell whoever reads the response an error.
	 * @param error the error
	 */
	protected abstract void tellReader(Throwable error);

	/**
	 * Follow the silence of an event stream: only time during which the caller waits for
	 * more counts.
	 */
	protected abstract void watchSilence();

	/**
	 * Have a leak detector learn which parts of the response are read.
	 * @param leakDetector the leak detector
	 */
	abstract void watchParts(LeakDetector leakDetector);

	/**
	 * Leave what has carried this as it was found: it may carry another exchange next.
	 */
	protected abstract void leaveStream();

	/**
	 * Have what goes on in a pipeline, whose channel is closed, reach the caller.
	 * @param channel the channel
	 */
	protected abstract void rejoin(Channel channel);

	// Waiting

	/**
	 * Ask for a connection.
	 */
	public final void start() {
		if (this.attempt == null) {
			this.source.replayBudget().requested();
		}
		if (this.owner != null) {
			this.owner.enter(this);
		}
		this.source.acquire(this);
	}

	protected final ClientExchanges exchanges() {
		return this.exchanges;
	}

	protected final ConnectionSource source() {
		return this.source;
	}

	public final Host host() {
		return this.source.host();
	}

	protected final @Nullable ExchangeOwner owner() {
		return this.owner;
	}

	protected final @Nullable ExchangeLog log() {
		return this.log;
	}

	@Override
	public final @Nullable ConnPoolException overdue(long now) {
		return Deadlines.overdue(this, now);
	}

	/**
	 * Return since when the request is under way.
	 * @return when the caller made it, else when this asked for a connection, in terms of
	 * {@link System#nanoTime()}
	 */
	final long requestedAt() {
		return (this.owner != null) ? this.owner.startedAt() : askedAt();
	}

	@Override
	public final boolean countSpokenTo() {
		return ++this.spokenTo >= MAX_SPOKEN_TO;
	}

	@Override
	public final boolean wantsFresh() {
		return this.attempt != null && this.attempt.wantsFresh();
	}

	@Override
	public final boolean fail(Throwable error, EventLoop eventLoop) {
		if (!leave()) {
			return false;
		}
		if (this.log != null) {
			this.log.failed(error);
		}
		over();
		this.source.events().failed(error);
		try {
			eventLoop.execute(() -> refused(error));
		}
		catch (RejectedExecutionException ex) {
			// The event loops have been stopped before the client.
			refused(error);
		}
		return true;
	}

	@Override
	public final void moveTo(ConnectionSource source) {
		this.source = source;
	}

	/**
	 * Note that the caller gives this up. On any thread.
	 */
	public void cancel() {
		boolean waiting = leave();
		if (waiting) {
			this.source.cancelled(this);
		}
		if (waiting || decline()) {
			over();
		}
		else if (isActive() && !isDisposedByCaller()) {
			try {
				eventLoop().execute(this::dispose);
			}
			catch (RejectedExecutionException ex) {
				// The event loop has been stopped, and has ended this.
			}
		}
	}

	/**
	 * Return whether the caller itself ends what it was delivered.
	 * @return whether it has that: it knows only what it was delivered first
	 */
	protected boolean isDisposedByCaller() {
		return this.attempt == null;
	}

	private void over() {
		if (this.log != null) {
			this.log.ended(callerContext());
		}
		if (this.attempt != null) {
			this.attempt.ended(false);
		}
	}

	/**
	 * Return what makes this a repetition.
	 * @return the attempt, or {@code null} if it is the first
	 */
	final @Nullable Attempt repetition() {
		return this.attempt;
	}

	/**
	 * Return the number of the attempt.
	 * @return the attempt, from 1
	 */
	protected final int attempt() {
		return Attempt.number(this.attempt);
	}

	/**
	 * Return whether the caller already has what it was delivered for an earlier attempt.
	 * @return whether this is a repetition
	 */
	protected final boolean isRepetition() {
		return this.attempt != null;
	}

	// On the event loop of the connection

	@Override
	public final void begin(SessionStream stream, boolean reused) {
		assert granted().inEventLoop();
		Progress begun = new Progress(stream, this);
		this.progress = begun;
		granted().begun(begun.begunAt() - askedAt());
		InFlightExchanges watch = this.exchanges.on(eventLoop());
		this.watch = watch;
		watch.add(this);
		if (this.log != null) {
			this.log.acquired(stream, reused);
		}
		deliver(stream, reused);
	}

	@Override
	public final boolean hasBegun() {
		return this.progress != null;
	}

	private void unwatch() {
		if (this.watch != null) {
			this.watch.remove(this);
		}
	}

	/**
	 * Return how far this has come.
	 * @return the progress on the connection that this was granted
	 */
	protected final Progress progress() {
		return Objects.requireNonNull(this.progress, "Not begun");
	}

	@Override
	public final void sent(ChannelHandlerContext ctx, Object msg) {
		progress().sent(msg);
		ExpectContinueHandler.watch(ctx, msg, progress());
	}

	@Override
	public final void headSent(boolean repeatable) {
		progress().headSent(repeatable);
	}

	@Override
	public final void contentSent(int bytes) {
		progress().contentSent(bytes);
	}

	@Override
	public final boolean isWritten() {
		return progress().isWritten();
	}

	@Override
	public final ConnPoolException misstated(String mistake, boolean incomplete) {
		ConnPoolException error = host().errors().wrongLength(mistake);
		if (progress().isAnswered() || (isReading() && !incomplete)) {
			progress().refusedBody();
		}
		else {
			abort(error, CloseReason.CANCELLED);
		}
		return error;
	}

	@Override
	public final void heard() {
		progress().heard();
	}

	@Override
	public void received(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof HttpResponse response) {
			ContentDecoder.prepare(ctx, response, this);
			headReceived(response.status().code());
		}
		progress().received(msg);
	}

	/**
	 * {@inheritDoc} It counts although nobody is told of it: transports follow a redirect
	 * by themselves.
	 */
	@Override
	public final void headReceived(int status) {
		progress().headerReceived();
		granted().answered(status, progress().begunAt());
		if (this.attempt != null) {
			this.attempt.ended(true);
		}
	}

	@Override
	public final void contentReceived(int bytes) {
		progress().contentReceived(bytes);
	}

	@Override
	public final void answered() {
		progress().answered();
	}

	@Override
	public final void reset(String error) {
		progress().reset(error);
	}

	@Override
	public final boolean isReading() {
		return progress().isReading();
	}

	@Override
	public final boolean isEventStream() {
		return progress().isEventStream();
	}

	@Override
	public final void discarded() {
		assert granted().inEventLoop();
		unwatch();
		if (this.log != null) {
			this.log.abandoned();
		}
	}

	@Override
	public final void givenUp() {
		cut(Cut.GIVEN_UP);
	}

	/**
	 * End this before its response has ended, unless that has been done.
	 * @param how how it ends
	 * @return whether this is how
	 */
	private boolean cut(Cut how) {
		assert granted().inEventLoop();
		boolean first = this.cut == Cut.NONE;
		if (first) {
			this.cut = how;
		}
		return first;
	}

	/**
	 * Return whether the caller gets no more of this.
	 * @return whether this was ended, by either side
	 */
	protected final boolean isAborted() {
		return this.cut != Cut.NONE;
	}

	/**
	 * Note that all of the request is sent.
	 */
	protected final void requestSent() {
		assert granted().inEventLoop();
		progress().requestSent();
		if (this.log != null) {
			this.log.requestSent(template());
		}
	}

	/**
	 * Note that the caller is about to get the head of the response.
	 * @param status the status
	 * @param eventStream whether the response is one without a foreseeable end
	 */
	protected final void responseBegins(int status, boolean eventStream) {
		assert granted().inEventLoop();
		if (this.log != null) {
			this.log.responseBegins(status);
		}
		if (progress().begins(eventStream)) {
			watchSilence();
		}
		if (this.leakDetector != null) {
			watchParts(this.leakDetector);
		}
	}

	/**
	 * Tell whether a response is one without a foreseeable end.
	 * @param headers its headers
	 * @return whether its content type is that of an event stream
	 */
	protected static boolean isEventStream(HttpHeaders headers) {
		String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
		return type != null && (type.regionMatches(true, 0, "text/event-stream", 0, 17)
				|| type.regionMatches(true, 0, "application/x-ndjson", 0, 20));
	}

	/**
	 * Note that a part of the response was read.
	 */
	protected final void partRead() {
		if (this.leakDetector != null) {
			this.leakDetector.partRead();
		}
	}

	@Override
	public final void ended() {
		assert granted().inEventLoop();
		unwatch();
		if (isActive()) {
			over();
			if (this.progress != null) {
				leaveStream();
			}
			if (this.leakDetector != null) {
				this.leakDetector.ended(this.source.events());
			}
		}
		finish();
	}

	// Errors

	@Override
	public void failed(Throwable thrown) {
		Throwable told = host().errors().failed(thrown);
		if (this.progress != null) {
			abort(told, CloseReason.CANCELLED);
		}
		else if (revoke()) {
			fail(told, eventLoop());
			granted().session().giveBack();
		}
		else if (isActive()) {
			finish();
			over();
			refused(told);
		}
	}

	@Override
	public final @Nullable ConnPoolException cutOff() {
		assert granted().inEventLoop();
		if (!isReading() || progress().isAnswered() || !cut(Cut.CUT_OFF)) {
			return null;
		}
		ConnPoolException error = eventLoop().isShuttingDown() ? this.source.unavailable()
				: host().errors().lost(describeEnd(), null, granted().end().failure());
		if (this.log != null) {
			this.log.failed(error);
		}
		granted().failed(error);
		return error;
	}

	@Override
	public final boolean isMalformed() {
		return this.cut == Cut.MALFORMED;
	}

	@Override
	public final void abort(Throwable error, CloseReason reason) {
		assert granted().inEventLoop();
		Progress so = this.progress;
		if (so == null || !cut((reason == CloseReason.PROTOCOL_ERROR) ? Cut.MALFORMED : Cut.ABORTED)) {
			return;
		}
		if (this.log != null) {
			this.log.failed(error);
		}
		granted().failed(error);
		unwatch();
		if (so.stream().isConnection()) {
			granted().closing(reason);
		}
		// Who has given up before the response begins wants to be told nothing, and who
		// waits for a repetition, nothing of what is discarded.
		if (!this.replaced && (this.owner == null || (!this.owner.fail(error) && so.isReading()))) {
			tellReader(error);
		}
		so.stream().close();
		if (so.isReading()) {
			discard();
		}
	}

	/**
	 * End this because its event loop is about to stop.
	 */
	public final void abort() {
		abort(this.source.unavailable(), CloseReason.SHUTDOWN);
	}

	// Losing the connection or the stream

	/**
	 * Return whether the channel went away before the response began.
	 * @return whether nothing is left of this but the question whether to send it again
	 */
	protected final boolean isLost() {
		Progress so = this.progress;
		return so != null && !so.isReading() && !isAborted() && so.isBroken();
	}

	/**
	 * Send the request again if that cannot do harm.
	 * @param cause what was reported
	 * @return what the caller is told if it is not sent again
	 */
	protected final ConnPoolException lost(Throwable cause) {
		return ReplayCoordinator.lost(this, cause);
	}

	/**
	 * Return whether the server asks with its status that the request is sent again, and
	 * that may be done.
	 * @param status the status of the response
	 * @return whether the client was told so, and it does no harm
	 */
	protected final boolean asksForRetry(int status) {
		return host().replay().retryStatuses().contains(status) && progress().decision().mayBeRepeated();
	}

	/**
	 * Send the request again whose response asks for that.
	 * @param retryAfter the value of its {@code Retry-After}, or {@code null}
	 * @return whether it is sent again
	 */
	protected final boolean retry(@Nullable String retryAfter) {
		ReplayCoordinator.retry(this, retryAfter);
		return this.replaced;
	}

	protected final boolean isReplaced() {
		return this.replaced;
	}

	/**
	 * Have another exchange take the place of this one.
	 * @param next what makes that a repetition
	 * @return the other exchange
	 */
	final Exchange replace(Attempt next) {
		assert granted().inEventLoop();
		this.replaced = true;
		return again(next);
	}

	/**
	 * Say what ended this, and how far it had come.
	 * @return a sentence
	 */
	final String describeEnd() {
		return progress().describeEnd(attempt());
	}

	// Looking

	/**
	 * Look at the exchange.
	 * @return how it is now
	 */
	public final StreamSnapshot snapshot() {
		return progress().snapshot(Duration.ofNanos(System.nanoTime() - askedAt()),
				(this.leakDetector != null) ? this.leakDetector.snapshot() : null);
	}

	/**
	 * Look whether this takes too long, or nobody reads it.
	 * @param now the current time
	 */
	final void look(long now) {
		assert granted().inEventLoop();
		if (!isAborted() && !Deadlines.check(this, now) && this.leakDetector != null) {
			this.leakDetector.look(this, now);
		}
	}

	/**
	 * How an exchange was ended before its response had ended. The end of the channel is
	 * no news to the caller then. It goes from the first state to one of the others.
	 */
	private enum Cut {

		/** It was not, or not yet. */
		NONE,

		/** By the caller, who wants no more of it. */
		GIVEN_UP,

		/** By the connection or the stream, which went away. */
		CUT_OFF,

		/** By this client: a deadline passed, or something went wrong here. */
		ABORTED,

		/** By this client, because of what the server has sent. */
		MALFORMED

	}

}
