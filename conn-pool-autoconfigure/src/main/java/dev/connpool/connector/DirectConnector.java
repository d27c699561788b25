package dev.connpool.connector;

import java.net.URI;
import java.util.function.Function;

import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Spring's connector on the pool itself.
 */
public final class DirectConnector implements PoolConnector {

	private final PooledConnector connector;

	/**
	 * Create a connector.
	 * @param httpClient the client after all customizers
	 */
	public DirectConnector(HttpClient httpClient) {
		this.connector = new PooledConnector(httpClient);
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return this.connector.connect(method, uri, requestCallback);
	}

}
