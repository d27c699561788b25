package dev.connpool.sample.client;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.client.TlsMaterial;
import dev.connpool.sample.backend.BackendCertificate;
import dev.connpool.settings.ClientSettings;
import reactor.netty.resources.LoopResources;

import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The starter's client.
 *
 * @param certificate what it trusts
 * @param loops what it runs on
 */
public record ConnPoolSubject(BackendCertificate certificate, LoopResources loops) implements Subject {

	@Override
	public OpenClient open(String baseUrl, ClientSettings settings) {
		TlsMaterial tls = new TlsMaterial(null, this.certificate.trustManagers(), null, null);
		PooledHttpClient client = new PooledHttpClient("lab", settings, tls, this.loops);
		WebClient webClient = WebClient.builder()
			.baseUrl(baseUrl)
			.clientConnector(new ReactorClientHttpConnector(client.httpClient()))
			.build();
		return new OpenClient(webClient, client::close);
	}

}
