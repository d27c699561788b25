package dev.connpool.connector;

import dev.connpool.pool.exchange.DirectExchange;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.IllegalReferenceCountException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;

/**
 * Writes a request whose body is one buffer at most, at once.
 */
final class WholeBody extends MonoOperator<DataBuffer, Void> {

	private final DirectExchange exchange;

	private final HttpRequest head;

	private final boolean dropped;

	/**
	 * Create what writes a request.
	 * @param exchange what carries it
	 * @param head the head
	 * @param body the body
	 * @param dropped whether the body is not written. It is asked for all the same: there
	 * may be a buffer already, which somebody has to release.
	 */
	@SuppressWarnings("unchecked")
	WholeBody(DirectExchange exchange, HttpRequest head, Mono<? extends DataBuffer> body, boolean dropped) {
		super((Mono<DataBuffer>) body);
		this.exchange = exchange;
		this.head = head;
		this.dropped = dropped;
	}

	@Override
	public void subscribe(CoreSubscriber<? super Void> actual) {
		this.source.subscribe(new Part(this, actual));
	}

	private void write(@Nullable ByteBuf content, CoreSubscriber<? super Void> actual) {
		this.exchange.send(this.head, content).subscribe(new Written(actual));
	}

	/**
	 * Waits for the only part.
	 */
	private static final class Part extends Relay<DataBuffer, Void> {

		private final WholeBody whole;

		private boolean arrived;

		Part(WholeBody whole, CoreSubscriber<? super Void> actual) {
			super(actual);
			this.whole = whole;
		}

		@Override
		public void onNext(DataBuffer part) {
			this.arrived = true;
			if (this.whole.dropped) {
				DataBufferUtils.release(part);
				this.whole.write(null, actual());
			}
			else {
				write(NettyDataBufferFactory.toByteBuf(part));
			}
		}

		private void write(ByteBuf content) {
			if (content.refCnt() > 0) {
				this.whole.write(content, actual());
			}
			else {
				// As what was sent before a redirect is.
				actual().onError(new IllegalReferenceCountException(0));
			}
		}

		@Override
		public void onError(Throwable error) {
			if (!this.arrived) {
				super.onError(error);
			}
		}

		@Override
		public void onComplete() {
			if (!this.arrived) {
				this.whole.write(null, actual());
			}
		}

	}

	/**
	 * Waits until all is written.
	 *
	 * @param actual who is told
	 */
	private record Written(CoreSubscriber<? super Void> actual) implements CoreSubscriber<Void> {

		@Override
		public Context currentContext() {
			return this.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription writing) {
			writing.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(Void nothing) {
			// There is nothing.
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

}
