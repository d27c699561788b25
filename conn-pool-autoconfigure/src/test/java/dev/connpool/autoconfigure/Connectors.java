package dev.connpool.autoconfigure;

import reactor.netty.http.client.HttpClient;

import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Gives tests elsewhere the connector that applications get.
 */
public final class Connectors {

	private Connectors() {
	}

	public static ClientHttpConnector on(HttpClient httpClient) {
		return new PooledConnector(httpClient);
	}

}
