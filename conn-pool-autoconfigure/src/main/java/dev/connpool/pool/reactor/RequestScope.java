package dev.connpool.pool.reactor;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.stream.Stream;

import dev.connpool.pool.exchange.CallSites;
import dev.connpool.pool.exchange.Exchange;
import dev.connpool.pool.exchange.ExchangeOwner;
import dev.connpool.pool.exchange.Redirects;
import dev.connpool.pool.host.Host;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;
import reactor.netty.Connection;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * One request of a caller, from subscription to the head of its response, redirects
 * included. It gives the exchanges made for it one start, lets a caller that gives up
 * leave the queue, and lets a deadline answer in its place.
 * <p>
 * It is also the context of those exchanges: that of the caller, in which it is found but
 * no entry; one that is made of it has it as an entry. Reactor Netty copies a context
 * that has something in it several times per request, and does without if it has nothing.
 */
final class RequestScope implements ExchangeOwner, CoreSubscriber<Connection>, Subscription, Context {

	private static final AtomicReferenceFieldUpdater<RequestScope, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(RequestScope.class, State.class, "state");

	private final long startedAt = System.nanoTime();

	private final List<String> callSite;

	private final CoreSubscriber<? super Connection> actual;

	private final Context caller;

	private @Nullable Subscription upstream;

	private volatile @Nullable Exchange exchange;

	private volatile State state = State.WAITING;

	private volatile @Nullable Redirects redirects;

	private RequestScope(CoreSubscriber<? super Connection> actual, List<String> callSite) {
		this.actual = actual;
		this.callSite = callSite;
		this.caller = actual.currentContext();
	}

	/**
	 * Return the request that something is done for.
	 * @param context the context it is done in
	 * @return the request, or {@code null} if it is not made through a scope
	 */
	static @Nullable RequestScope in(ContextView context) {
		return context.getOrDefault(RequestScope.class, null);
	}

	static Mono<? extends Connection> over(Mono<? extends Connection> source, @Nullable CallSites callSites) {
		return new Scoped(source, callSites);
	}

	@Override
	public Context currentContext() {
		return this;
	}

	@Override
	public void onSubscribe(Subscription upstream) {
		if (Operators.validate(this.upstream, upstream)) {
			this.upstream = upstream;
			this.actual.onSubscribe(this);
		}
	}

	@Override
	public void request(long n) {
		if (this.upstream != null) {
			this.upstream.request(n);
		}
	}

	@Override
	public void onNext(Connection connection) {
		if (end(State.ANSWERED)) {
			deliver(connection);
		}
	}

	/**
	 * Note that a response was passed on towards the caller. If that gives up meanwhile,
	 * Reactor Netty neither delivers it nor closes its connection.
	 * @param response the response as a connection
	 */
	void passed(Connection response) {
		if (this.state == State.GIVEN_UP) {
			release(response);
		}
	}

	// As a caller that wants no body: the connection is saved if that is cheap.
	private static void release(Connection response) {
		response.inbound().receive().onErrorComplete().subscribe().dispose();
	}

	private void deliver(Connection connection) {
		try {
			this.actual.onNext(connection);
			this.actual.onComplete();
		}
		catch (Error ex) {
			// Reactor passes on what it takes for fatal to whoever happens to be here.
			Exchange exchange = this.exchange;
			release(connection);
			connection.dispose();
			this.actual.onError((exchange != null) ? exchange.host().errors().failed(ex) : ex);
		}
	}

	@Override
	public void onError(Throwable error) {
		if (end(State.ANSWERED)) {
			this.actual.onError(error);
		}
	}

	@Override
	public void onComplete() {
		if (end(State.ANSWERED)) {
			this.actual.onComplete();
		}
	}

	@Override
	public void cancel() {
		if (end(State.GIVEN_UP)) {
			cancelUpstream();
		}
	}

	@Override
	public boolean fail(Throwable error) {
		if (!end(State.GIVEN_UP)) {
			return false;
		}
		cancelUpstream();
		try {
			this.actual.onError(error);
		}
		catch (Throwable ex) {
			// What a caller throws must not keep the connection from being closed.
			Operators.onErrorDropped(ex, this);
		}
		return true;
	}

	/**
	 * Wait no longer. Of those who want to at the same time one succeeds.
	 * @param end how this ends
	 * @return whether it waited
	 */
	private boolean end(State end) {
		return STATE.compareAndSet(this, State.WAITING, end);
	}

	@Override
	public boolean isDone() {
		return this.state != State.WAITING;
	}

	@Override
	public long startedAt() {
		return this.startedAt;
	}

	@Override
	public List<String> callSite() {
		return this.callSite;
	}

	@Override
	public void enter(Exchange exchange) {
		this.exchange = exchange;
		if (isDone()) {
			exchange.cancel();
		}
	}

	/**
	 * Return the exchange that was made for the request last.
	 * @return the exchange, or {@code null} if there is none yet
	 */
	@Nullable Exchange exchange() {
		return this.exchange;
	}

	/**
	 * Return where the request has been sent on from.
	 * @return the redirects, or {@code null} if there were none
	 */
	@Nullable Redirects redirects() {
		return this.redirects;
	}

	/**
	 * Note that a host has sent a redirect.
	 * @param host the host
	 * @return the redirects of this request, perhaps none yet
	 */
	Redirects redirectedFrom(Host host) {
		Redirects known = this.redirects;
		if (known == null) {
			known = new Redirects(host.origin());
			this.redirects = known;
		}
		return known;
	}

	private void cancelUpstream() {
		Exchange exchange = this.exchange;
		if (exchange != null) {
			exchange.cancel();
		}
		if (this.upstream != null) {
			this.upstream.cancel();
		}
	}

	// As a context

	@Override
	public boolean hasKey(Object key) {
		return key == RequestScope.class || this.caller.hasKey(key);
	}

	@Override
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	public <T> T get(Object key) {
		return (key == RequestScope.class) ? (T) this : this.caller.get(key);
	}

	@Override
	public int size() {
		return this.caller.size();
	}

	@Override
	public Stream<Map.Entry<Object, Object>> stream() {
		return this.caller.stream();
	}

	@Override
	public String toString() {
		return this.caller.toString();
	}

	@Override
	public Context put(Object key, Object value) {
		return within(this.caller.put(key, value));
	}

	@Override
	public Context delete(Object key) {
		return within(this.caller.delete(key));
	}

	@Override
	public Context putAll(ContextView other) {
		return (other == this || other.isEmpty()) ? this : within(this.caller.putAll(other));
	}

	@Override
	public Context putAllMap(Map<?, ?> from) {
		return from.isEmpty() ? this : within(this.caller.putAllMap(from));
	}

	private Context within(Context changed) {
		return changed.put(RequestScope.class, this);
	}

	/**
	 * How far a request has come. It goes from the first state to one of the others.
	 */
	private enum State {

		WAITING,

		/** The caller got the head of a response, an error, or the end of nothing. */
		ANSWERED,

		/** The caller wants no answer any more, or a deadline was faster. */
		GIVEN_UP

	}

	/**
	 * The source, subscribed to through a scope.
	 */
	private static final class Scoped extends MonoOperator<Connection, Connection> {

		private final @Nullable CallSites callSites;

		@SuppressWarnings("unchecked")
		Scoped(Mono<? extends Connection> source, @Nullable CallSites callSites) {
			super((Mono<Connection>) source);
			this.callSites = callSites;
		}

		@Override
		public void subscribe(CoreSubscriber<? super Connection> actual) {
			this.source
				.subscribe(new RequestScope(actual, (this.callSites != null) ? this.callSites.sample() : List.of()));
		}

	}

}
