package dev.connpool.blocking;

import java.net.URI;

import dev.connpool.pool.reactor.DirectTransport;
import reactor.netty.http.client.HttpClient;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Sends requests of callers that wait for the response, on the connections of a client
 * and without the HTTP layer of Reactor Netty.
 */
public final class BlockingRequestFactory implements ClientHttpRequestFactory {

	private final DirectTransport transport;

	/**
	 * Create a factory.
	 * @param httpClient the client whose connections are used, after all customizers
	 */
	public BlockingRequestFactory(HttpClient httpClient) {
		this.transport = new DirectTransport(httpClient);
	}

	@Override
	public ClientHttpRequest createRequest(URI uri, HttpMethod httpMethod) {
		return new BlockingRequest(this.transport, uri, httpMethod);
	}

}
