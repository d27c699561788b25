package dev.connpool.sample.client;

import dev.connpool.sample.backend.BackendCertificate;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Protocol;
import io.netty.handler.ssl.SslContextBuilder;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The client that Spring Boot builds without the starter, on a pool of its own with the
 * limits of Reactor Netty's global one, asked for HTTP/2 if the settings name it. It
 * knows no other setting.
 *
 * @param certificate what it trusts
 * @param loops what it runs on
 */
public record BootDefaultSubject(BackendCertificate certificate, LoopResources loops) implements Subject {

	private static final int GLOBAL_MAX_CONNECTIONS = 500;

	@Override
	public OpenClient open(String baseUrl, ClientSettings settings) {
		ConnectionProvider pool = ConnectionProvider.create("lab", GLOBAL_MAX_CONNECTIONS);
		boolean http2 = settings.protocols().contains(Protocol.H2);
		ReactorClientHttpConnector connector = ClientHttpConnectorBuilder.reactor()
			.withHttpClientFactory(() -> HttpClient.create(pool))
			.withHttpClientCustomizer((client) -> http2 ? http2(client) : http11(client))
			.build();
		WebClient webClient = WebClient.builder().baseUrl(baseUrl).clientConnector(connector).build();
		return new OpenClient(webClient, () -> pool.disposeLater().block());
	}

	private HttpClient http2(HttpClient client) {
		return trusting(client.protocol(HttpProtocol.H2, HttpProtocol.HTTP11), Http2SslContextSpec.forClient());
	}

	private HttpClient http11(HttpClient client) {
		return trusting(client, Http11SslContextSpec.forClient());
	}

	private HttpClient trusting(HttpClient client, GenericSslContextSpec<SslContextBuilder> tls) {
		tls.configure((builder) -> builder.trustManager(this.certificate.trustManagers()));
		return client.runOn(this.loops).secure((spec) -> spec.sslContext(tls));
	}

}
