package dev.connpool.web;

import reactor.netty.http.client.HttpClient;

/**
 * Changes a client after everything else was applied to it. Customizers are applied in
 * their order, once for {@code WebClient} and once for {@code RestClient}. Both share
 * connections as long as they are given the same channel options, handlers and observers.
 */
@FunctionalInterface
public interface ConnPoolClientCustomizer {

	/**
	 * Customize one client.
	 * @param clientName the name of the client, {@code default} for the default client
	 * @param httpClient the client so far
	 * @return the client to use
	 */
	HttpClient customize(String clientName, HttpClient httpClient);

}
