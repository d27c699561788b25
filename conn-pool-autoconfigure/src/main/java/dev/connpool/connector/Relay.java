package dev.connpool.connector;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Stands between a source and a subscriber and passes on what either of them says.
 *
 * @param <I> what comes in
 * @param <O> what goes out
 */
abstract class Relay<I, O> implements CoreSubscriber<I>, Subscription {

	private final CoreSubscriber<? super O> actual;

	private @Nullable Subscription upstream;

	Relay(CoreSubscriber<? super O> actual) {
		this.actual = actual;
	}

	final CoreSubscriber<? super O> actual() {
		return this.actual;
	}

	@Override
	public Context currentContext() {
		return this.actual.currentContext();
	}

	@Override
	public final void onSubscribe(Subscription upstream) {
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
	public void cancel() {
		if (this.upstream != null) {
			this.upstream.cancel();
		}
	}

	@Override
	public void onError(Throwable error) {
		this.actual.onError(error);
	}

	@Override
	public void onComplete() {
		this.actual.onComplete();
	}

}
