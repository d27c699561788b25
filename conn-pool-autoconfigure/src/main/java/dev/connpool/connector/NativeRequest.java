package dev.connpool.connector;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.connpool.pool.exchange.DirectExchange;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.cookie.Cookie;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.HttpOperations;
import reactor.netty.http.client.HttpClientRequest;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * A request as Reactor Netty shows it, for those who cast the native request to that.
 */
final class NativeRequest implements HttpClientRequest {

	private static final HttpVersion HTTP_2 = HttpVersion.valueOf("HTTP/2.0");

	private final DirectSubscription caller;

	private final DirectExchange exchange;

	private final DirectRequest request;

	private final long number;

	NativeRequest(DirectSubscription caller, DirectExchange exchange, DirectRequest request) {
		this.caller = caller;
		this.exchange = exchange;
		this.request = request;
		this.number = caller.connector().nextResponse();
	}

	@Override
	public HttpClientRequest addCookie(Cookie cookie) {
		writable();
		this.request.addCookies(List.of(cookie));
		return this;
	}

	@Override
	public HttpClientRequest addHeader(CharSequence name, CharSequence value) {
		writable();
		this.request.fields().add(name, value);
		return this;
	}

	@Override
	public HttpClientRequest header(CharSequence name, CharSequence value) {
		writable();
		this.request.fields().set(name, value);
		return this;
	}

	@Override
	public HttpClientRequest headers(HttpHeaders headers) {
		writable();
		String host = this.request.fields().get(HttpHeaderNames.HOST);
		this.request.fields().set(headers);
		if (host != null) {
			this.request.fields().set(HttpHeaderNames.HOST, host);
		}
		return this;
	}

	@Override
	public HttpClientRequest responseTimeout(Duration maxReadOperationInterval) {
		writable();
		this.caller.readTimeout(maxReadOperationInterval);
		return this;
	}

	private void writable() {
		if (this.request.isHeadWritten()) {
			throw new IllegalStateException("The head of the request has been written");
		}
	}

	@Override
	public HttpHeaders requestHeaders() {
		return this.request.fields();
	}

	@Override
	public boolean isFollowRedirect() {
		return this.caller.transport().followsRedirects();
	}

	@Override
	public String[] redirectedFrom() {
		throw new UnsupportedOperationException(
				"The direct transport does not tell where a request was redirected from. Set 'transport' to"
						+ " 'reactor-netty' for clients that need it");
	}

	@Override
	public HttpMethod method() {
		return HttpMethod.valueOf(this.caller.method());
	}

	@Override
	public String uri() {
		return this.caller.resource();
	}

	@Override
	public String fullPath() {
		return HttpOperations.resolvePath(this.caller.resource());
	}

	@Override
	public @Nullable String resourceUrl() {
		return this.caller.origin().url(this.caller.resource());
	}

	@Override
	public String requestId() {
		return this.exchange.connectionId() + "-" + this.number;
	}

	@Override
	public HttpVersion version() {
		return this.exchange.isShared() ? HTTP_2 : HttpVersion.HTTP_1_1;
	}

	@Override
	public boolean isKeepAlive() {
		return !this.request.fields().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
	}

	@Override
	public boolean isWebsocket() {
		return false;
	}

	/**
	 * {@inheritDoc} Those of a response, which there is none of yet.
	 */
	@Override
	public Map<CharSequence, Set<Cookie>> cookies() {
		return Map.of();
	}

	@Override
	@Deprecated
	public Context currentContext() {
		return this.caller.context();
	}

	@Override
	public ContextView currentContextView() {
		return this.caller.context();
	}

}
