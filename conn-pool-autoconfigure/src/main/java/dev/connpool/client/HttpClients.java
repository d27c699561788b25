package dev.connpool.client;

import java.time.Duration;

import javax.net.ssl.SSLParameters;

import dev.connpool.pool.reactor.ReactorConnectionProvider;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;

/**
 * Turns settings into Reactor Netty's {@link HttpClient}. What Reactor Netty or Netty
 * would read or load only for a first connection is left to it.
 */
final class HttpClients {

	private HttpClients() {
	}

	static HttpClient create(ReactorConnectionProvider connections, ClientSettings settings, SslContext tls,
			@Nullable LoopResources loops) {
		HttpClient client = userAgent(HttpClient.create(connections), settings.userAgent());
		// The protocols stay as they are, which is HTTP/1.1: the pool speaks HTTP/2 where
		// it is negotiated, and Reactor Netty need not know.
		return ((loops != null) ? client.runOn(loops) : client).remoteAddress(ReactorConnectionProvider::missingHost)
			// The pool keeps the deadline, for all addresses of a host together.
			.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
			.option(ChannelOption.TCP_NODELAY, settings.tcp().noDelay())
			.option(ChannelOption.SO_KEEPALIVE, settings.tcp().keepAlive())
			.secure(provider(tls))
			.compress(settings.compression())
			.headers((headers) -> acceptCodings(headers, settings.compression()))
			.httpResponseDecoder((decoder) -> decoder.maxHeaderSize(settings.maxResponseHeaderSize())
				.maxInitialLineLength(settings.maxResponseHeaderSize()))
			// The pool decides what is sent again.
			.disableRetry(true)
			.mapConnect(connections::scoped);
	}

	private static HttpClient userAgent(HttpClient client, String userAgent) {
		return userAgent.isEmpty()
				// Reactor Netty adds its own to requests without one, after the headers
				// of
				// the client and before those of the request.
				? client.doOnRequest((request, connection) -> removeDefault(request.requestHeaders()))
				: client.headers((headers) -> headers.set(HttpHeaderNames.USER_AGENT, userAgent));
	}

	private static void removeDefault(HttpHeaders headers) {
		if (headers.containsValue(HttpHeaderNames.USER_AGENT, HttpClient.USER_AGENT, false)) {
			headers.remove(HttpHeaderNames.USER_AGENT);
		}
	}

	// Reactor Netty asks for Brotli too where that is on the class path; the pool decodes
	// none.
	private static void acceptCodings(HttpHeaders headers, boolean compression) {
		if (compression) {
			headers.set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.GZIP);
		}
	}

	// One of our own: to customize its default one, Reactor Netty makes contexts for all
	// protocols first, and loads QUIC for it.
	private static SslProvider provider(SslContext tls) {
		return SslProvider.builder()
			.sslContext(tls)
			// The pool keeps the deadline.
			.handshakeTimeout(Duration.ZERO)
			.handlerConfigurator(HttpClients::verifyHostname)
			.build();
	}

	// As RFC 9110, section 4.3.4 requires.
	private static void verifyHostname(SslHandler handler) {
		SSLParameters parameters = handler.engine().getSSLParameters();
		parameters.setEndpointIdentificationAlgorithm("HTTPS");
		handler.engine().setSSLParameters(parameters);
	}

}
