package dev.connpool.web;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.settings.ClientSettings;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.HostHistory;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * One named client with its pool. Safe for use by many threads.
 */
public final class ConnPoolClient {

	private final PooledHttpClient pooled;

	private final HttpClient httpClient;

	private final ClientTransport transport;

	private final Supplier<WebClient> webClient;

	/**
	 * Create a client.
	 * @param pooled the client and its pool
	 * @param httpClient the client of Reactor Netty with everything applied to it
	 * @param transport what sends the requests of Spring's client
	 * @param webClient makes Spring's client on it, called once when first needed
	 */
	public ConnPoolClient(PooledHttpClient pooled, HttpClient httpClient, ClientTransport transport,
			Supplier<WebClient> webClient) {
		this.pooled = pooled;
		this.httpClient = httpClient;
		this.transport = transport;
		this.webClient = SingletonSupplier.of(webClient);
	}

	/**
	 * Return the name of the client.
	 * @return the name, {@code default} for the default client
	 */
	public String name() {
		return this.pooled.name();
	}

	/**
	 * Return Spring's client, with the base URL if one is configured.
	 * @return the client, always the same
	 */
	public WebClient webClient() {
		return this.webClient.get();
	}

	/**
	 * Return Reactor Netty's client, for what Spring's does not offer. It has no base
	 * URL.
	 * @return the client on the same connections
	 */
	public HttpClient httpClient() {
		return this.httpClient;
	}

	/**
	 * Return what sends the requests of {@link #webClient()}, and of HTTP services.
	 * {@link #httpClient()} always is Reactor Netty.
	 * @return the transport, and why it is that one
	 */
	public ClientTransport transport() {
		return this.transport;
	}

	/**
	 * Return the settings of the client.
	 * @return the settings
	 */
	public ClientSettings settings() {
		return this.pooled.settings();
	}

	/**
	 * Count the connections, without listing them.
	 * @return how the client looks now
	 */
	public ClientSnapshot snapshot() {
		return this.pooled.snapshot();
	}

	/**
	 * Count the connections, and remember how they are. To be called each ten seconds.
	 * @return how the client looks now
	 */
	public ClientSnapshot remember() {
		return this.pooled.remember();
	}

	/**
	 * Return how hosts were.
	 * @param longest for how long, at most an hour
	 * @return the history of those of which one is kept, by {@code scheme://host:port}
	 */
	public Map<String, HostHistory> history(Duration longest) {
		return this.pooled.history(longest);
	}

	/**
	 * List the connections and their exchanges. The lists are cut at a bound.
	 * @return how the client looks now, within half a second; marked as partial if an
	 * event loop did not answer by then
	 */
	public Mono<ClientSnapshot> survey() {
		return this.pooled.survey();
	}

	/**
	 * List one connection with all its exchanges, however many there are.
	 * @param connection the connection id
	 * @return how it is now, in the list of its host; in none if there is no such
	 * connection
	 */
	public Mono<ClientSnapshot> survey(String connection) {
		return this.pooled.survey(connection);
	}

	/**
	 * Close every idle connection. Those in use are not touched.
	 */
	public void closeIdle() {
		this.pooled.closeIdle();
	}

	/**
	 * Close every idle connection to a host. Those in use are not touched.
	 * @param host the host, as in {@link #snapshot()}: {@code scheme://host:port}
	 * @throws IllegalArgumentException if there has been no request to that host
	 */
	public void closeIdle(String host) {
		this.pooled.closeIdle(host);
	}

	/**
	 * Stop new use of the connections to a host, let their exchanges finish, then close
	 * them.
	 * @param host the host, as in {@link #snapshot()}: {@code scheme://host:port}
	 */
	public void drain(String host) {
		this.pooled.drain(host);
	}

}
