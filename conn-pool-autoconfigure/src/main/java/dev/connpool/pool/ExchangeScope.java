package dev.connpool.pool;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;
import reactor.netty.Connection;
import reactor.util.context.Context;

/**
 * One request of a caller, from subscription to the head of its response, redirects
 * included. It gives the exchanges made for it one start, lets a caller that gives up
 * leave the queue, and lets a deadline answer in its place.
 */
final class ExchangeScope implements CoreSubscriber<Connection>, Subscription {

	private static final AtomicIntegerFieldUpdater<ExchangeScope> DONE = AtomicIntegerFieldUpdater
		.newUpdater(ExchangeScope.class, "done");

	final long startedAt = System.nanoTime();

	/** Where the caller is, if that is known. */
	final List<String> callSite;

	private final CoreSubscriber<? super Connection> actual;

	private final Context context;

	private @Nullable Subscription upstream;

	private volatile @Nullable Exchange exchange;

	private volatile int done;

	private ExchangeScope(CoreSubscriber<? super Connection> actual, List<String> callSite) {
		this.actual = actual;
		this.callSite = callSite;
		this.context = actual.currentContext().put(ExchangeScope.class, this);
	}

	static Mono<? extends Connection> over(Mono<? extends Connection> source, @Nullable CallSites callSites) {
		return new Scoped(source, callSites);
	}

	@Override
	public Context currentContext() {
		return this.context;
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
		if (DONE.compareAndSet(this, 0, 1)) {
			this.exchange = null;
			this.actual.onNext(connection);
			this.actual.onComplete();
		}
		else {
			connection.dispose();
		}
	}

	@Override
	public void onError(Throwable error) {
		if (DONE.compareAndSet(this, 0, 1)) {
			this.actual.onError(error);
		}
	}

	@Override
	public void onComplete() {
		if (DONE.compareAndSet(this, 0, 1)) {
			this.actual.onComplete();
		}
	}

	@Override
	public void cancel() {
		if (DONE.compareAndSet(this, 0, 1)) {
			cancelUpstream();
		}
	}

	/**
	 * Answer the caller with an error and give up the exchange.
	 * @param error the error
	 * @return whether the caller still waited for an answer
	 */
	boolean fail(Throwable error) {
		if (!DONE.compareAndSet(this, 0, 1)) {
			return false;
		}
		cancelUpstream();
		try {
			this.actual.onError(error);
		}
		catch (RuntimeException ex) {
			// What a caller throws must not keep the connection from being closed.
			Operators.onErrorDropped(ex, this.context);
		}
		return true;
	}

	/**
	 * Return whether the caller has its answer or wants none any more. On any thread.
	 * @return whether nothing is left to do
	 */
	boolean isDone() {
		return this.done != 0;
	}

	/**
	 * Tell which exchange now serves this request.
	 * @param exchange the exchange
	 */
	void enter(Exchange exchange) {
		this.exchange = exchange;
		if (this.done != 0) {
			exchange.cancel();
		}
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
				.subscribe(new ExchangeScope(actual, (this.callSites != null) ? this.callSites.sample() : List.of()));
		}

	}

}
