package dev.connpool.connector;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;

/**
 * The body of a request as buffers of Netty. What Reactor takes for fatal, such as an
 * encoder without one of its classes, it throws at whoever asks for more; that is an
 * event loop, which would tell nobody. Here it is an error of the body.
 */
final class RequestBody extends FluxOperator<DataBuffer, ByteBuf> {

	RequestBody(Flux<? extends DataBuffer> source) {
		super(source);
	}

	@Override
	public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
		this.source.subscribe(new Parts(actual));
	}

	/**
	 * Passes on one part after another.
	 */
	private static final class Parts implements CoreSubscriber<DataBuffer>, Subscription {

		private final CoreSubscriber<? super ByteBuf> actual;

		private @Nullable Subscription upstream;

		private volatile boolean failed;

		Parts(CoreSubscriber<? super ByteBuf> actual) {
			this.actual = actual;
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
			Subscription upstream = this.upstream;
			if (upstream == null) {
				return;
			}
			try {
				upstream.request(n);
			}
			catch (Error ex) {
				upstream.cancel();
				onError(ex);
			}
		}

		@Override
		public void cancel() {
			if (this.upstream != null) {
				this.upstream.cancel();
			}
		}

		@Override
		public void onNext(DataBuffer part) {
			this.actual.onNext(NettyDataBufferFactory.toByteBuf(part));
		}

		@Override
		public void onError(Throwable error) {
			if (!this.failed) {
				this.failed = true;
				this.actual.onError(error);
			}
		}

		@Override
		public void onComplete() {
			if (!this.failed) {
				this.actual.onComplete();
			}
		}

	}

}
