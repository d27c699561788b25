package dev.connpool.connector;

import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * A connector that runs on the pool, whichever transport it sends requests by.
 */
public sealed interface PoolConnector extends ClientHttpConnector permits PooledConnector, DirectConnector {

}
