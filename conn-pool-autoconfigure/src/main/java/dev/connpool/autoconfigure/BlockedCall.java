package dev.connpool.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;
import reactor.netty.Connection;
import reactor.util.context.Context;

/**
 * One request of a {@code RestClient}, for whose response a thread waits. When that
 * thread is interrupted just as the response arrives, it goes away without it, and nobody
 * else has it: then it is released here.
 */
final class BlockedCall implements CoreSubscriber<Connection>, Subscription {

	private final CoreSubscriber<? super Connection> actual;

	private @Nullable Subscription upstream;

	private volatile @Nullable Connection response;

	/** The thread that hands over the response, while it does that. */
	private volatile @Nullable Thread handingOver;

	private volatile boolean cancelled;

	private BlockedCall(CoreSubscriber<? super Connection> actual) {
		this.actual = actual;
	}

	/**
	 * Watch for responses that reach nobody.
	 * @param connections the responses as connections
	 * @return the same
	 */
	static Mono<? extends Connection> over(Mono<? extends Connection> connections) {
		return new Watched(connections);
	}

	@Override
	public Context currentContext() {
		return this.actual.currentContext();
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
		this.handingOver = Thread.currentThread();
		this.response = connection;
		if (this.cancelled) {
			release(connection);
			return;
		}
		this.actual.onNext(connection);
		this.handingOver = null;
	}

	@Override
	public void onError(Throwable error) {
		this.actual.onError(error);
	}

	@Override
	public void onComplete() {
		this.actual.onComplete();
	}

	// Whoever takes one response cancels too, but while it is handed over.
	@Override
	public void cancel() {
		if (Thread.currentThread() != this.handingOver) {
			this.cancelled = true;
			Connection arrived = this.response;
			if (arrived != null) {
				release(arrived);
			}
		}
		if (this.upstream != null) {
			this.upstream.cancel();
		}
	}

	// As a caller that wants no body: the connection is saved if that is cheap.
	private static void release(Connection response) {
		response.inbound().receive().onErrorComplete().subscribe().dispose();
	}

	/**
	 * The source, subscribed to by calls.
	 */
	private static final class Watched extends MonoOperator<Connection, Connection> {

		@SuppressWarnings("unchecked")
		Watched(Mono<? extends Connection> source) {
			super((Mono<Connection>) source);
		}

		@Override
		public void subscribe(CoreSubscriber<? super Connection> actual) {
			this.source.subscribe(new BlockedCall(actual));
		}

	}

}
