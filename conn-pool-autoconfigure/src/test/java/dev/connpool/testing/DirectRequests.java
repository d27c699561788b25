package dev.connpool.testing;

import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.blocking.BlockingRequestFactory;
import dev.connpool.connector.DirectConnector;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Counts the requests that are made on the direct transport.
 */
final class DirectRequests {

	private final AtomicInteger count = new AtomicInteger();

	ClientHttpConnector watch(DirectConnector connector) {
		return (method, uri, callback) -> connector.connect(method, uri, callback)
			.doOnSubscribe((subscription) -> this.count.incrementAndGet());
	}

	ClientHttpRequestFactory watch(BlockingRequestFactory requestFactory) {
		return (uri, method) -> {
			this.count.incrementAndGet();
			return requestFactory.createRequest(uri, method);
		};
	}

	int count() {
		return this.count.get();
	}

	void reset() {
		this.count.set(0);
	}

}
