package dev.connpool.autoconfigure;

import dev.connpool.connector.BlockedCall;
import reactor.netty.http.client.HttpClient;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;

/**
 * Gives tests elsewhere the request factory that applications get.
 */
public final class RequestFactories {

	private RequestFactories() {
	}

	public static ClientHttpRequestFactory on(HttpClient httpClient) {
		return new ReactorClientHttpRequestFactory(httpClient.mapConnect(BlockedCall::over));
	}

}
