package dev.connpool.pool.reactor;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.ConnectionPool;
import dev.connpool.pool.acquire.HostPool;
import dev.connpool.pool.exchange.CallSites;
import dev.connpool.pool.exchange.CallerContext;
import dev.connpool.pool.exchange.DirectCaller;
import dev.connpool.pool.exchange.DirectExchange;
import dev.connpool.settings.ClientSettings;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.util.context.Context;

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

	private final boolean followsRedirects;

	private final List<Header> headers;

	/** Most callers ask the same host again. */
	private volatile @Nullable Origin last;

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
		this.followsRedirects = config.followRedirectPredicate() != null;
		this.headers = headers(config.headers());
	}

	// As Reactor Netty does, but without a user agent where none is wanted.
	private static List<Header> headers(HttpHeaders configured) {
		HttpHeaders all = new DefaultHttpHeaders().add(configured);
		if (!all.contains(HttpHeaderNames.ACCEPT)) {
			all.set(HttpHeaderNames.ACCEPT, "*/*");
		}
		List<Header> headers = new ArrayList<>();
		all.names().forEach((name) -> headers.add(new Header(AsciiString.cached(name), all.getAll(name))));
		return headers;
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
	 * Return where a request goes.
	 * @param uri the URI of the request
	 * @return an absolute URI
	 * @throws IllegalArgumentException if it names no host and nothing else does
	 */
	public URI absolute(URI uri) {
		if (uri.isAbsolute()) {
			return uri;
		}
		String base = this.config.baseUrl();
		if (base == null) {
			throw MissingHost.error(client(), uri.toString());
		}
		return URI.create(base.endsWith("/") ? base.substring(0, base.length() - 1) + uri : base + uri);
	}

	/**
	 * Find out which host a URI names.
	 * @param uri an absolute URI
	 * @return the host
	 * @throws IllegalArgumentException if there is none that requests can be sent to
	 */
	public Origin origin(URI uri) {
		Origin known = this.last;
		if (known != null && known.isOf(uri)) {
			return known;
		}
		Origin found = Origin.of(client(), uri);
		this.last = found;
		return found;
	}

	/**
	 * Add what every request has, unless this one has it already.
	 * @param headers the header of a request
	 * @param origin the host that it is for
	 */
	public void complete(HttpHeaders headers, Origin origin) {
		if (!headers.contains(HttpHeaderNames.HOST)) {
			headers.set(HttpHeaderNames.HOST, origin.host());
		}
		for (Header header : this.headers) {
			if (!headers.contains(header.name())) {
				headers.add(header.name(), header.values());
			}
		}
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
		return this.followsRedirects;
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
	 * Return the context of the present thread, if anything is ever logged in it.
	 * @return the context, perhaps empty
	 */
	public Context threadContext() {
		ClientSettings settings = this.pool.generation().settings();
		return (settings.logExchanges() || settings.leaks().isEnabled()) ? CallerContext.capture() : Context.empty();
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

	/**
	 * A header of every request.
	 *
	 * @param name the name
	 * @param values the values
	 */
	private record Header(AsciiString name, List<String> values) {

	}

}
