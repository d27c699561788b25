package dev.connpool.pool.reactor;

import dev.connpool.error.RedirectException;
import dev.connpool.pool.exchange.Redirect;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Reads what comes with a redirect, so that its connection can carry the next request,
 * and drops it. What is larger than that is worth is left to the connection.
 */
final class RedirectBody implements CoreSubscriber<ByteBuf>, Disposable {

	private final DirectScope caller;

	private final Redirect redirect;

	private final @Nullable RedirectException obstacle;

	private volatile @Nullable Subscription upstream;

	private volatile boolean disposed;

	private int left;

	private boolean done;

	/**
	 * Create a reader.
	 * @param caller whose request was redirected
	 * @param redirect where to
	 * @param obstacle why that cannot be followed, or {@code null}
	 * @param most bytes that are read
	 */
	RedirectBody(DirectScope caller, Redirect redirect, @Nullable RedirectException obstacle, int most) {
		this.caller = caller;
		this.redirect = redirect;
		this.obstacle = obstacle;
		this.left = most;
	}

	@Override
	public Context currentContext() {
		return this.caller.context();
	}

	@Override
	public void onSubscribe(Subscription upstream) {
		if (Operators.validate(this.upstream, upstream)) {
			this.upstream = upstream;
			if (this.disposed) {
				upstream.cancel();
				return;
			}
			upstream.request(Long.MAX_VALUE);
		}
	}

	@Override
	public void onNext(ByteBuf part) {
		this.left -= part.readableBytes();
		part.release();
		Subscription upstream = this.upstream;
		if (this.left < 0 && !this.done && upstream != null) {
			upstream.cancel();
			onComplete();
		}
	}

	@Override
	public void onError(Throwable error) {
		if (!this.done) {
			this.done = true;
			this.caller.fail(error);
		}
	}

	@Override
	public void onComplete() {
		if (this.done) {
			return;
		}
		this.done = true;
		if (this.obstacle != null) {
			this.caller.fail(this.obstacle);
		}
		else {
			this.caller.follow(this.redirect);
		}
	}

	@Override
	public void dispose() {
		this.disposed = true;
		Subscription upstream = this.upstream;
		if (upstream != null) {
			upstream.cancel();
		}
	}

}
