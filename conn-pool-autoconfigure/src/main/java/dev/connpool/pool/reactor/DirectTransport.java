package dev.connpool.pool.reactor;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.ConnectionPool;
import dev.connpool.pool.acquire.HostPool;
import dev.connpool.pool.exchange.CallSites;
import dev.connpool.pool.exchange.DirectCaller;
import dev.connpool.pool.exchange.DirectExchange;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;

/**
 * Sends requests on the connections that a client of Reactor Netty has, without its HTTP
 * layer: what shapes a connection, and what is added to each request, is as that client
 * is configured. Safe for use by many threads; never blocks.
 */
public final class DirectTransport {

	private final ConnectionPool pool;

	private final HttpClientConfig config;

	private final ReactorSpec secure;

	private final ReactorSpec plain;

	/**
	 * Create a transport.
	 * @param httpClient the client, on connections of a {@link ReactorConnectionProvider}
	 * @throws IllegalArgumentException if it is on others
	 */
	public DirectTransport(HttpClient httpClient) {
		HttpClientConfig config = httpClient.configuration();
		if (!(config.connectionProvider() instanceof ReactorConnectionProvider provider)) {
			throw new IllegalArgumentException("The client is on connections of its own: " + httpClient);
		}
		this.pool = provider.pool();
		this.config = config;
		this.secure = spec(config);
		this.plain = spec(httpClient.noSSL().configuration());
	}

	private static ReactorSpec spec(HttpClientConfig config) {
		AddressResolverGroup<?> given = config.resolver();
		return new ReactorSpec(config, (given != null) ? given : DefaultAddressResolverGroup.INSTANCE);
	}

	/**
	 * Return the name of the client.
	 * @return the name
	 */
	public String client() {
		return this.pool.name();
	}

	/**
	 * Return what the client adds to each request that does not have it.
	 * @return the headers, which must not be changed
	 */
	public HttpHeaders headers() {
		return this.config.headers();
	}

	/**
	 * Return whether the client asks for content codings.
	 * @return whether the content of responses is decoded
	 */
	public boolean acceptsCodings() {
		return this.config.isAcceptGzip();
	}

	/**
	 * Return how long a server may be silent.
	 * @return the longest silence, or {@code null} for any
	 */
	public @Nullable Duration readTimeout() {
		return this.config.responseTimeout();
	}

	/**
	 * Return whether the client goes where a response sends it.
	 * @return whether redirects are followed
	 */
	public boolean followsRedirects() {
		return this.config.followRedirectPredicate() != null;
	}

	/**
	 * Look for the caller on the present stack.
	 * @return the innermost frames of the application, none if they are not looked for
	 */
	public List<String> callSite() {
		CallSites callSites = this.pool.generation().callSites();
		return (callSites != null) ? callSites.sample() : List.of();
	}

	/**
	 * Send a request. The caller is told if that is not possible.
	 * @param caller who writes it, and is told of its end
	 * @param secure whether TLS is used
	 * @param address the host, not yet resolved
	 */
	public void send(DirectCaller caller, boolean secure, InetSocketAddress address) {
		ReactorSpec spec = secure ? this.secure : this.plain;
		HostPool host;
		try {
			host = this.pool.find(spec, address);
		}
		catch (ConnPoolException | IllegalStateException ex) {
			caller.fail(ex);
			return;
		}
		new DirectExchange(this.pool.exchanges(), host.dispatcher(), spec, caller).start();
	}

}
