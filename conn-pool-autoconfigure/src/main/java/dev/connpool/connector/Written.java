package dev.connpool.connector;

import dev.connpool.connector.RequestBody.ErrorSink;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.core.publisher.Operators;

/**
 * A request that is being made, for Reactor Netty. What goes wrong with it is told to the
 * exchange first, and what it throws when it is cancelled does not keep that from ending.
 */
final class Written extends MonoOperator<Void, Void> {

	private final ErrorSink errors;

	/**
	 * Create what makes a request.
	 * @param source makes it
	 * @param errors who is told first that it fails
	 */
	Written(Mono<Void> source, ErrorSink errors) {
		super(source);
		this.errors = errors;
	}

	@Override
	public void subscribe(CoreSubscriber<? super Void> actual) {
		this.source.subscribe(new Writing(actual, this.errors));
	}

	/**
	 * Waits for the end.
	 */
	private static final class Writing extends Relay<Void, Void> {

		private final ErrorSink errors;

		Writing(CoreSubscriber<? super Void> actual, ErrorSink errors) {
			super(actual);
			this.errors = errors;
		}

		@Override
		public void onNext(Void nothing) {
			// There is nothing.
		}

		@Override
		public void onError(Throwable error) {
			this.errors.failed(error, () -> super.onError(error));
		}

		@Override
		public void cancel() {
			try {
				super.cancel();
			}
			catch (Throwable ex) {
				Operators.onErrorDropped(ex, currentContext());
			}
		}

	}

}
