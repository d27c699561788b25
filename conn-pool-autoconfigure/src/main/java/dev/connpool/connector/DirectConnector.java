package dev.connpool.connector;

import java.net.URI;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import dev.connpool.pool.reactor.DirectTransport;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Sends requests on the connections of a client without the HTTP layer of Reactor Netty.
 */
public final class DirectConnector implements PoolConnector {

	private final DirectTransport transport;

	private final AtomicLong responses = new AtomicLong();

	/**
	 * Create a connector.
	 * @param httpClient the client whose connections are used, after all customizers
	 */
	public DirectConnector(HttpClient httpClient) {
		this.transport = new DirectTransport(httpClient);
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return new DirectCall(this, method, uri, requestCallback);
	}

	DirectTransport transport() {
		return this.transport;
	}

	long nextResponse() {
		return this.responses.incrementAndGet();
	}

}
