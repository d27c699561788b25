package dev.connpool.connector;

import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClient.ResponseReceiver;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;

/**
 * Spring's connector for Reactor Netty with less work per request: what all requests have
 * in common is prepared once, and few operators stand between them and their responses.
 */
public final class PooledConnector extends ReactorClientHttpConnector implements PoolConnector {

	private final HttpClient direct;

	private final Map<HttpMethod, ResponseReceiver<?>> senders;

	/**
	 * Create a connector.
	 * @param httpClient the client to send requests with, after all customizers
	 */
	public PooledConnector(HttpClient httpClient) {
		super(httpClient);
		this.direct = httpClient.mapConnect(PooledCall::direct);
		this.senders = Arrays.stream(HttpMethod.values()).collect(Collectors.toMap(Function.identity(), this::sender));
	}

	private ResponseReceiver<?> sender(HttpMethod method) {
		return this.direct.request(io.netty.handler.codec.http.HttpMethod.valueOf(method.name()))
			.send(PooledCall::send);
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		if (!uri.isAbsolute()) {
			return super.connect(method, uri, requestCallback);
		}
		ResponseReceiver<?> known = this.senders.get(method);
		ResponseReceiver<?> sender = (known != null) ? known : sender(method);
		return new PooledCall(method, uri, requestCallback, sender.uri(uri));
	}

}
