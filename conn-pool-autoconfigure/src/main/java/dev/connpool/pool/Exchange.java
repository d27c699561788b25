package dev.connpool.pool;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

import dev.connpool.error.ConnPoolException;
import dev.connpool.error.RedirectException;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.error.StreamIdleTimeoutException;
import dev.connpool.settings.TimeoutSettings;
import dev.connpool.snapshot.StreamSnapshot;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.HttpClientState;
import reactor.util.context.Context;

/**
 * One request and its response on one connection: first a caller that waits, then the
 * owner of an HTTP/1.1 connection or of an HTTP/2 stream. It stands between the channel
 * and the caller's observer, which is how it learns what the exchange is doing.
 * <p>
 * Waiting, and what {@link Lease} says, may happen on any thread; all else on the
 * connection's event loop.
 */
final class Exchange extends Lease implements ConnectionObserver, Subscription, Runnable {

	/** Bounds how many connections are opened to a server that speaks first. */
	private static final int MAX_SPOKEN_TO = 3;

	final HttpClientConfig config;

	/** When the caller asked for a connection. */
	volatile long askedAt = System.nanoTime();

	/** The list this is in, and its neighbours there; owned by that list. */
	@Nullable LeaseList list;

	@Nullable Exchange previous;

	@Nullable Exchange next;

	private ConnectionSource source;

	private final ConnectionObserver observer;

	private final CoreSubscriber<? super Connection> actual;

	private final @Nullable RequestScope scope;

	private @Nullable Progress progress;

	private @Nullable ChannelOperations<?, ?> operations;

	/** Why this is a repetition; {@code null} if it is none. */
	private final @Nullable Attempt replay;

	/** New connections on which the server has spoken first while this waited. */
	private int spokenTo;

	/** Whether another exchange has taken the place of this one. */
	private boolean replaced;

	/** Whether the end of the channel is no news to the caller. */
	private boolean aborted;

	/** Whether this was ended because of what the server sent. */
	private boolean malformed;

	private boolean released;

	/** The response as a redirect; {@code null} if it is none or is not followed. */
	private @Nullable Redirect redirect;

	/** What is logged in the end; {@code null} if nothing is. */
	private final @Nullable ExchangeLog log;

	/** Notices that nobody reads; {@code null} if that is not looked for. */
	private final @Nullable LeakDetector leakDetector;

	Exchange(ConnectionSource source, HttpClientConfig config, ConnectionObserver observer,
			CoreSubscriber<? super Connection> actual) {
		this(source, config, observer, actual, null);
	}

	private Exchange(Exchange lost, Attempt replay) {
		this(lost.source, lost.config, lost.observer, lost.actual, replay);
	}

	private Exchange(ConnectionSource source, HttpClientConfig config, ConnectionObserver observer,
			CoreSubscriber<? super Connection> actual, @Nullable Attempt replay) {
		this.source = source;
		this.config = config;
		this.observer = observer;
		this.actual = actual;
		this.replay = replay;
		this.scope = RequestScope.in(observer.currentContext());
		this.log = ExchangeLog.of(this, source.host());
		this.leakDetector = LeakDetector.of(source.host(), this.scope);
	}

	private TimeoutSettings timeouts() {
		return this.source.host().timeouts();
	}

	private long requestDeadline() {
		return after((this.scope != null) ? this.scope.startedAt : this.askedAt, timeouts().request());
	}

	private static long after(long start, Duration deadline) {
		return deadline.isZero() ? Long.MAX_VALUE : start + deadline.toNanos();
	}

	private static boolean passed(long deadline, long now) {
		return deadline != Long.MAX_VALUE && deadline - now <= 0;
	}

	// Waiting

	void start() {
		this.actual.onSubscribe(this);
		if (this.scope != null) {
			this.scope.enter(this);
		}
		this.source.acquire(this);
	}

	/**
	 * Say why a caller that waits has waited for too long.
	 * @param now the current time
	 * @return the error, or {@code null} if it may go on waiting
	 */
	@Nullable ConnPoolException overdue(long now) {
		if (passed(requestDeadline(), now)) {
			return this.source.host().requestTimeout("waiting for a connection; " + this.source.describe());
		}
		return passed(after(this.askedAt, timeouts().acquire()), now) ? this.source.acquireTimeout() : null;
	}

	/**
	 * Count a new connection on which the server has spoken before it was asked. In the
	 * mailbox of the host.
	 * @return whether another one is not worth waiting for
	 */
	boolean isSpokenToTooOften() {
		return ++this.spokenTo >= MAX_SPOKEN_TO;
	}

	/**
	 * Answer a caller that waits with an error.
	 * @param error the error
	 * @param eventLoop where it is told
	 * @return whether the caller still waited
	 */
	boolean fail(Throwable error, EventLoop eventLoop) {
		if (!leave()) {
			return false;
		}
		if (this.log != null) {
			this.log.failed(error);
		}
		over();
		try {
			eventLoop.execute(() -> this.actual.onError(error));
		}
		catch (RejectedExecutionException ex) {
			// The event loops have been stopped before the client.
			this.actual.onError(error);
		}
		return true;
	}

	/**
	 * Wait somewhere else.
	 * @param source what now serves the host
	 */
	void moveTo(ConnectionSource source) {
		this.source = source;
	}

	@Override
	public void request(long n) {
		// A connection is delivered when there is one; callers always ask for it.
	}

	@Override
	public void cancel() {
		boolean waiting = leave();
		if (waiting) {
			this.source.cancelled(this);
		}
		if (waiting || decline()) {
			over();
		}
		else if (this.replay != null && isActive()) {
			// Reactor Netty only knows what it was delivered first.
			try {
				eventLoop().execute(this::dispose);
			}
			catch (RejectedExecutionException ex) {
				// The event loop has been stopped, and has ended this.
			}
		}
	}

	private void dispose() {
		if (this.operations != null) {
			this.operations.dispose();
		}
	}

	private void over() {
		if (this.log != null) {
			this.log.ended();
		}
		if (this.replay != null) {
			this.replay.ended(false);
		}
	}

	/**
	 * Return for which time the request is sent.
	 * @return the attempt, from 1
	 */
	int attempt() {
		return Attempt.attempt(this.replay);
	}

	/**
	 * Return whether an idle connection will not do.
	 * @return whether one has just turned out to be broken
	 */
	boolean wantsFresh() {
		return this.replay != null && this.replay.wantsFresh();
	}

	// On the event loop of the connection

	/**
	 * Begin, when a connection was assigned.
	 */
	@Override
	public void run() {
		try {
			assigned().serve(this);
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	/**
	 * End what could not even begin, whoever is to blame: an observer of the caller, or
	 * memory that has run out. It is nobody's concern but the caller's.
	 * @param thrown what was thrown
	 */
	void failed(Throwable thrown) {
		Throwable told = this.source.host().failed(thrown);
		if (this.progress != null) {
			abort(told, CloseReason.CANCELLED);
			return;
		}
		PooledConnection connection = assigned();
		if (unassign()) {
			fail(told, connection.channel().eventLoop());
			connection.unused();
		}
		else if (isActive()) {
			finish();
			over();
			if (connection.http2() == null) {
				connection.close(CloseReason.CANCELLED);
			}
			this.actual.onError(told);
		}
	}

	/**
	 * Take over the channel and have the deadlines watched.
	 * @param channel the HTTP/1.1 connection or the HTTP/2 stream
	 * @param inFlight where the exchange is watched
	 */
	void begin(Channel channel, InFlightExchanges inFlight) {
		this.progress = new Progress(assigned(), channel);
		inFlight.add(this);
	}

	/**
	 * Hand the channel to the caller, whose request is then written.
	 * @param operations the channel as Reactor Netty sees it
	 */
	void deliver(ChannelOperations<?, ?> operations) {
		this.operations = operations;
		if (this.replay == null) {
			this.actual.onNext(operations);
			this.actual.onComplete();
		}
	}

	void end(InFlightExchanges inFlight) {
		inFlight.remove(this);
		if (isActive()) {
			over();
			if (this.leakDetector != null) {
				this.leakDetector.ended(progress().channel(), this.source.counters());
			}
		}
		finish();
	}

	@Override
	public Context currentContext() {
		return this.observer.currentContext();
	}

	@Override
	public void onStateChange(Connection connection, State state) {
		if (this.log != null) {
			this.log.changed(connection, state);
		}
		if (state == HttpClientState.REQUEST_PREPARED && connection instanceof HttpClientRequest prepared) {
			progress().prepared(prepared);
			prepareRedirected();
		}
		else if (state == HttpClientState.REQUEST_SENT) {
			progress().requestSent();
		}
		else if (state == HttpClientState.RESPONSE_RECEIVED) {
			this.redirect = null;
			if (connection instanceof HttpClientResponse response && responseReceived(connection, response)) {
				return;
			}
		}
		if (!this.replaced) {
			tell(connection, state);
		}
		if (state == HttpClientState.RESPONSE_RECEIVED && this.scope != null) {
			this.scope.passed(connection);
		}
		if (state == State.DISCONNECTING && progress().channel() instanceof Http2StreamChannel stream
				&& stream.isActive()) {
			stream.close();
		}
	}

	// Reactor Netty expects no Error here, and tells nobody of one.
	private void tell(Connection connection, State state) {
		try {
			this.observer.onStateChange(connection, state);
		}
		catch (Error ex) {
			failed(ex);
		}
	}

	/**
	 * Say what ended this.
	 * @param thrown what was thrown by whoever was told of it
	 * @return what the caller is told
	 */
	Throwable failure(Throwable thrown) {
		return this.source.host().failed(thrown);
	}

	@Override
	public void onUncaughtException(Connection connection, Throwable error) {
		if (this.replaced) {
			return;
		}
		Throwable told = isLost() ? lost(error) : redirected(this.source.host().failed(named(error)));
		if (this.log != null) {
			this.log.failed(told);
		}
		if (!this.replaced) {
			this.observer.onUncaughtException(connection, told);
		}
	}

	// Reactor Netty reads the length of a request before it writes anything.
	private Throwable named(Throwable error) {
		Progress so = this.progress;
		return (error instanceof NumberFormatException && so != null && so.statesNoNumber())
				? this.source.host().wrongLength(RequestLength.NO_NUMBER) : error;
	}

	// Redirects, which Reactor Netty follows

	private void prepareRedirected() {
		Redirects redirects = (this.scope != null) ? this.scope.redirects() : null;
		if (redirects != null) {
			redirects.prepare(progress().channel().pipeline(), this.source.host(), this.config);
		}
	}

	/**
	 * Tell what is wrong with a redirect, or with a request that was redirected here.
	 * @param reported what was reported, for a redirect that is followed too
	 * @return what the caller is told
	 */
	private Throwable redirected(Throwable reported) {
		RequestScope of = this.scope;
		if (of == null || this.aborted || reported instanceof IOException) {
			return reported;
		}
		if (this.redirect != null && progress().isAnswered()) {
			RedirectException error = of.redirectedFrom(this.source.host()).follow(this.redirect, this.source.host());
			return (error != null) ? error : reported;
		}
		Redirects redirects = of.redirects();
		return (redirects != null && !progress().isReading()) ? redirects.bodySpent(this.source.host(), reported)
				: reported;
	}

	// Losing the connection or the stream, on its event loop

	/**
	 * Note that the caller wants no more of this.
	 */
	void givenUp() {
		this.aborted = true;
	}

	/**
	 * Return whether the caller gets no more of this.
	 * @return whether this was ended, by either side
	 */
	boolean isAborted() {
		return this.aborted;
	}

	/**
	 * Tell the reader of the response that there is no more of it.
	 * @param ctx the place in the pipeline
	 */
	void cutOff(ChannelHandlerContext ctx) {
		if (progress().isReading() && !progress().isAnswered() && !this.aborted) {
			this.aborted = true;
			ConnPoolException error = eventLoop().isShuttingDown() ? this.source.closed()
					: this.source.host().lost(this, null, assigned().failure());
			if (this.log != null) {
				this.log.failed(error);
			}
			ctx.fireExceptionCaught(error);
		}
	}

	private boolean isLost() {
		Progress so = this.progress;
		return so != null && !so.isReading() && !this.aborted && so.isBroken();
	}

	/**
	 * Send the request again if that cannot do harm.
	 * @param cause what was reported
	 * @return what the caller is told if it is not sent again
	 */
	private ConnPoolException lost(Throwable cause) {
		if (eventLoop().isShuttingDown()) {
			return this.source.closed();
		}
		ReplayDecision loss = progress().loss(this.config.method().name());
		ReplayReason reason = loss.replay();
		String obstacle = (reason != null) ? repeat(reason, Attempt.backoff(reason, attempt())) : loss.obstacle();
		Throwable failure = assigned().failure();
		return this.source.host().lost(this, obstacle, (failure != null) ? failure : cause);
	}

	/**
	 * Have another exchange take the place of this one, unless something forbids it or
	 * nobody waits.
	 * @param reason why the request is sent again
	 * @param backoff how long to wait, in nanoseconds; negative for longer than anybody
	 * does
	 * @return what forbids it, as a sentence, or {@code null} if nothing does
	 */
	private @Nullable String repeat(ReplayReason reason, long backoff) {
		String obstacle = Attempt.obstacle(this.source.host(), reason, this.replay);
		if (obstacle != null || this.scope == null || this.scope.isDone()) {
			return obstacle;
		}
		if (backoff < 0 || passed(requestDeadline(), System.nanoTime() + backoff)) {
			return Attempt.TOO_LATE;
		}
		Attempt next = Attempt.begin(this.source, reason, this.replay, backoff);
		if (next == null) {
			return Attempt.exhausted(this.source.host());
		}
		replace(next);
		return null;
	}

	private void replace(Attempt next) {
		this.replaced = true;
		Exchange successor = new Exchange(this, next);
		if (this.scope != null) {
			this.scope.enter(successor);
		}
		// Before the timer is set: a caller that gives up cancels it, and nothing else
		// would take this out.
		this.source.rests(successor);
		next.schedule(eventLoop(), () -> {
			successor.askedAt = System.nanoTime();
			this.source.replay(successor);
		});
	}

	/**
	 * Send the request again if the server asks for it with its status and the client was
	 * told to do so.
	 * @param connection the response as a connection
	 * @param response the response
	 * @return whether it is sent again
	 */
	private boolean retry(Connection connection, HttpClientResponse response) {
		if (!this.source.host().settings().replay().retryStatuses().contains(response.status().code())
				|| !progress().loss(this.config.method().name()).mayBeRepeated()) {
			return false;
		}
		repeat(ReplayReason.STATUS,
				Attempt.backoff(response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER), attempt()));
		if (this.replaced) {
			// As a caller that wants no body: the connection is saved if that is cheap.
			connection.inbound().receive().subscribe().dispose();
		}
		return this.replaced;
	}

	/**
	 * Say what happened to this.
	 * @return what ended it, and how far it had come
	 */
	String describeEnd() {
		return progress().describeEnd(this.config.method().name(), attempt());
	}

	/**
	 * Note that the head of the response has arrived.
	 * @param connection the response as a connection
	 * @param response the response
	 * @return whether nobody is to be told because the request is sent again
	 */
	private boolean responseReceived(Connection connection, HttpClientResponse response) {
		if (progress().begins(response)) {
			EventStreamHandler.watch(connection.channel(), this);
		}
		if (this.leakDetector != null) {
			this.leakDetector.begin(connection.channel());
		}
		return retry(connection, response);
	}

	/**
	 * Note a part of the response. A header counts although no observer is told of it:
	 * Reactor Netty follows a redirect by itself.
	 * @param msg the part
	 */
	void received(Object msg) {
		if (msg instanceof HttpResponse response) {
			this.redirect = progress().redirect(response, this.config);
			progress().headerReceived();
			assigned().record().answered();
			if (this.replay != null) {
				this.replay.ended(true);
			}
		}
		progress().received(msg);
	}

	/**
	 * Note that the stream is released.
	 * @return whether it had not been before
	 */
	boolean release() {
		boolean first = !this.released;
		this.released = true;
		return first;
	}

	/**
	 * Note that nobody reads the response any more.
	 */
	void abandoned() {
		assigned().inFlight().remove(this);
		if (this.log != null) {
			this.log.abandoned();
		}
	}

	/**
	 * Note that the server has answered without all of the request's body. It waits for
	 * that body on HTTP/1.1, whatever else is sent.
	 */
	void refused() {
		PooledConnection connection = assigned();
		if (progress().channel() == connection.channel()) {
			connection.markPersistent(false);
		}
	}

	/**
	 * End this because the request is not as long as it says, unless the response has
	 * begun, which then counts for more. If the server waits for what will never come, it
	 * does not.
	 * @param error what is wrong with the request
	 * @param incomplete whether a part of the body is missing
	 */
	void misstated(ConnPoolException error, boolean incomplete) {
		if (progress().isAnswered() || (progress().isReading() && !incomplete)) {
			refused();
		}
		else {
			abort(error, CloseReason.CANCELLED);
		}
	}

	/**
	 * Return how long the server may take to ask for the body of a request that leaves it
	 * the choice.
	 * @return the time in nanoseconds; 0 if it is not asked
	 */
	long expectContinue() {
		return timeouts().expectContinue().toNanos();
	}

	/**
	 * Discard what has arrived of the response, unless somebody has subscribed to it.
	 */
	private void discard() {
		if (this.operations != null) {
			this.operations.receive().subscribe((part) -> {
			}, (refused) -> {
			});
		}
	}

	// Looking, on the event loop of the connection

	/**
	 * Look at the exchange.
	 * @return how it is now
	 */
	StreamSnapshot snapshot() {
		return progress().snapshot(Duration.ofNanos(System.nanoTime() - this.askedAt),
				(this.leakDetector != null) ? this.leakDetector.snapshot() : null);
	}

	boolean hasBegun() {
		return this.progress != null;
	}

	/**
	 * Return how far this has come.
	 * @return the progress on the connection that this was assigned to
	 */
	Progress progress() {
		return Objects.requireNonNull(this.progress, "Not begun");
	}

	void checkDeadlines(long now) {
		if (this.aborted) {
			return;
		}
		if (!progress().isEventStream() && passed(requestDeadline(), now)) {
			probeIfSilent(now);
			abort(this.source.host().requestTimeout(progress().doing()), CloseReason.REQUEST_TIMEOUT);
		}
		else if (progress().isOverdue(now)) {
			probeIfSilent(now);
			abort(phaseTimeout(), CloseReason.RESPONSE_TIMEOUT);
		}
		else if (this.leakDetector != null) {
			this.leakDetector.look(this, now);
		}
	}

	private void probeIfSilent(long now) {
		Http2Session session = assigned().http2();
		if (session != null && session.isSilent(progress().begunAt(), now)) {
			session.probe();
		}
	}

	private ConnPoolException phaseTimeout() {
		Host host = this.source.host();
		return progress().isReading()
				? new StreamIdleTimeoutException(host.client(), host.origin(), timeouts().streamIdle())
				: new ResponseHeaderTimeoutException(host.client(), host.origin(), timeouts().responseHeader());
	}

	/**
	 * Return whether the server is told that it broke the rules of HTTP (RFC 9113,
	 * section 8.1.1).
	 * @return whether the exchange was ended because its response does
	 */
	boolean isMalformed() {
		return this.malformed;
	}

	/**
	 * End the exchange because its event loop is about to stop.
	 */
	void abort() {
		abort(this.source.closed(), CloseReason.SHUTDOWN);
	}

	/**
	 * End the exchange with an error: the caller is told, an HTTP/1.1 connection is
	 * closed, an HTTP/2 stream is reset.
	 * @param error the error
	 * @param reason why the connection is closed, if it is
	 */
	void abort(Throwable error, CloseReason reason) {
		Progress so = this.progress;
		if (so == null || this.aborted) {
			return;
		}
		this.aborted = true;
		this.malformed = reason == CloseReason.PROTOCOL_ERROR;
		Channel channel = so.channel();
		if (this.log != null) {
			this.log.failed(error);
		}
		PooledConnection connection = assigned();
		connection.inFlight().remove(this);
		if (channel == connection.channel()) {
			connection.ending(reason);
		}
		// Who has given up before the response begins wants to be told nothing.
		if (this.scope == null || (!this.scope.fail(error) && so.isReading())) {
			channel.pipeline().fireExceptionCaught(error);
		}
		channel.close();
		if (so.isReading()) {
			discard();
		}
	}

}
