package dev.connpool.sample.client;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * A client and the way to close the pool below it.
 *
 * @param webClient the client
 * @param disposal closes the pool; may block
 */
public record OpenClient(WebClient webClient, Runnable disposal) implements AutoCloseable {

	@Override
	public void close() {
		this.disposal.run();
	}

}
