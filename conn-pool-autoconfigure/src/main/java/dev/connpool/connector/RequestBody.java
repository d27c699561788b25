package dev.connpool.connector;

import io.netty.buffer.ByteBuf;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;

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
	private static final class Parts extends Relay<DataBuffer, ByteBuf> {

		private volatile boolean failed;

		Parts(CoreSubscriber<? super ByteBuf> actual) {
			super(actual);
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
		public void onNext(DataBuffer part) {
			actual().onNext(NettyDataBufferFactory.toByteBuf(part));
		}

		@Override
		public void onError(Throwable error) {
			if (!this.failed) {
				this.failed = true;
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
