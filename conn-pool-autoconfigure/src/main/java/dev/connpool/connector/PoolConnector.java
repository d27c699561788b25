package dev.connpool.connector;

import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * A connector that runs on the pool of one client.
 */
public sealed interface PoolConnector extends ClientHttpConnector permits DirectConnector, PooledConnector {

}
