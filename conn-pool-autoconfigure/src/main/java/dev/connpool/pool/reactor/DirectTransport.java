package dev.connpool.pool.reactor;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

import dev.connpool.pool.exchange.DirectCaller;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * Sends requests on the connections of a client of Reactor Netty.
 */
public final class DirectTransport {

	public DirectTransport(HttpClient httpClient) {
		throw new UnsupportedOperationException();
	}

	public String client() {
		throw new UnsupportedOperationException();
	}

	public HttpHeaders headers() {
		throw new UnsupportedOperationException();
	}

	public boolean acceptsCodings() {
		throw new UnsupportedOperationException();
	}

	public @Nullable Duration readTimeout() {
		throw new UnsupportedOperationException();
	}

	public boolean followsRedirects() {
		throw new UnsupportedOperationException();
	}

	public List<String> callSite() {
		throw new UnsupportedOperationException();
	}

	public void send(DirectCaller caller, boolean secure, InetSocketAddress address) {
		throw new UnsupportedOperationException();
	}

}
