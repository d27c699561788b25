package dev.connpool.connector;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import dev.connpool.pool.reactor.DirectTransport;
import dev.connpool.pool.reactor.MissingHost;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Sends requests on the connections of a client without the HTTP layer of Reactor Netty.
 */
public final class DirectConnector implements PoolConnector {

	private final DirectTransport transport;

	private final @Nullable String baseUrl;

	private final boolean followsRedirects;

	private final List<Header> headers;

	private final AtomicLong responses = new AtomicLong();

	/** Most callers ask the same host again. */
	private volatile @Nullable Origin last;

	/**
	 * Create a connector.
	 * @param httpClient the client whose connections are used, after all customizers
	 */
	public DirectConnector(HttpClient httpClient) {
		this.transport = new DirectTransport(httpClient);
		this.baseUrl = httpClient.configuration().baseUrl();
		this.followsRedirects = this.transport.followsRedirects();
		this.headers = headers(this.transport.headers());
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

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return new DirectCall(this, method, uri, requestCallback);
	}

	DirectTransport transport() {
		return this.transport;
	}

	boolean followsRedirects() {
		return this.followsRedirects;
	}

	long nextResponse() {
		return this.responses.incrementAndGet();
	}

	/**
	 * Return where a request goes.
	 * @param uri the URI of the request
	 * @return an absolute URI
	 * @throws IllegalArgumentException if it names no host and nothing else does
	 */
	URI absolute(URI uri) {
		if (uri.isAbsolute()) {
			return uri;
		}
		String base = this.baseUrl;
		if (base == null) {
			throw MissingHost.error(this.transport.client(), uri.toString());
		}
		return URI.create(base.endsWith("/") ? base.substring(0, base.length() - 1) + uri : base + uri);
	}

	/**
	 * Find out which host a URI names.
	 * @param uri an absolute URI
	 * @return the host
	 * @throws IllegalArgumentException if there is none that requests can be sent to
	 */
	Origin origin(URI uri) {
		Origin known = this.last;
		if (known != null && known.isOf(uri)) {
			return known;
		}
		Origin found = Origin.of(this.transport.client(), uri);
		this.last = found;
		return found;
	}

	/**
	 * Add what every request has, unless this one has it already.
	 * @param headers the header of a request
	 * @param origin the host that it is for
	 */
	void complete(HttpHeaders headers, Origin origin) {
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
	 * A header of every request.
	 *
	 * @param name the name
	 * @param values the values
	 */
	private record Header(AsciiString name, List<String> values) {

	}

}
