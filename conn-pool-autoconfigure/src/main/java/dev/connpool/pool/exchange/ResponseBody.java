package dev.connpool.pool.exchange;

import io.netty.buffer.ByteBuf;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * The content of one response.
 */
public final class ResponseBody extends Flux<ByteBuf> {

	@Override
	public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Discard the content.
	 */
	public void discard() {
		throw new UnsupportedOperationException();
	}

}
