package dev.connpool.connector;

import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import io.netty.util.IllegalReferenceCountException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;

/**
 * The body of a request as buffers of Netty. What Reactor takes for fatal, such as an
 * encoder without one of its classes, it throws at whoever asks for more; that is an
 * event loop, which would tell nobody. Here it is an error of the body.
 *
 * @param <I> a part of it
 * @param <O> what is sent of a part
 */
final class RequestBody<I, O> extends FluxOperator<I, O> {

	private final Function<? super I, ? extends O> mapper;

	private final @Nullable ErrorSink errors;

	/**
	 * Create a body.
	 * @param source where it comes from
	 * @param mapper makes of a part what is sent
	 * @param errors who is told first that it fails, or {@code null}
	 */
	RequestBody(Flux<? extends I> source, Function<? super I, ? extends O> mapper, @Nullable ErrorSink errors) {
		super(source);
		this.mapper = mapper;
		this.errors = errors;
	}

	static Flux<ByteBuf> of(Publisher<? extends DataBuffer> source) {
		return of(source, null);
	}

	static Flux<ByteBuf> of(Publisher<? extends DataBuffer> source, @Nullable ErrorSink errors) {
		return new RequestBody<DataBuffer, ByteBuf>(Flux.from(source), NettyDataBufferFactory::toByteBuf, errors);
	}

	@Override
	public void subscribe(CoreSubscriber<? super O> actual) {
		this.source.subscribe(new Parts<I, O>(actual, this.mapper, this.errors));
	}

	/**
	 * Is told what a body fails with.
	 */
	@FunctionalInterface
	interface ErrorSink {

		/**
		 * Take an error.
		 * @param error the error
		 * @param then what is done when it is taken
		 */
		void failed(Throwable error, Runnable then);

	}

	/**
	 * Passes on one part after another.
	 */
	private static final class Parts<I, O> extends Relay<I, O> {

		private final Function<? super I, ? extends O> mapper;

		private final @Nullable ErrorSink errors;

		private volatile boolean failed;

		Parts(CoreSubscriber<? super O> actual, Function<? super I, ? extends O> mapper, @Nullable ErrorSink errors) {
			super(actual);
			this.mapper = mapper;
			this.errors = errors;
		}

		@Override
		public void request(long n) {
			try {
				super.request(n);
			}
			catch (Error ex) {
				cancel();
				onError(ex);
			}
		}

		@Override
		public void cancel() {
			try {
				super.cancel();
			}
			catch (Throwable ex) {
				// What a source throws must not keep the exchange from ending.
				Operators.onErrorDropped(ex, currentContext());
			}
		}

		@Override
		public void onNext(I part) {
			O sent = this.mapper.apply(part);
			if (!(sent instanceof ByteBuf buffer)) {
				actual().onNext(sent);
			}
			else if (buffer.refCnt() == 0) {
				// As what was sent before a redirect is.
				cancel();
				onError(new IllegalReferenceCountException(0));
			}
			else if (buffer.isReadable()) {
				actual().onNext(sent);
			}
			else {
				// Reactor Netty may take it for the end of a group, a server for a flood.
				buffer.release();
				request(1);
			}
		}

		@Override
		public void onError(Throwable error) {
			if (this.failed) {
				return;
			}
			this.failed = true;
			if (this.errors != null) {
				this.errors.failed(error, () -> super.onError(error));
			}
			else {
				super.onError(error);
			}
		}

		@Override
		public void onComplete() {
			if (!this.failed) {
				super.onComplete();
			}
		}

	}

}
