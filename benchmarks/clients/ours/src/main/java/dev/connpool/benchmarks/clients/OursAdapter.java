package dev.connpool.benchmarks.clients;

import java.util.Map;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;
import dev.connpool.web.ConnPoolClients;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The starter's {@link WebClient}, or with the option {@code http-client} the Reactor
 * Netty client under it. Set are the base URL, the protocols, and the limit of
 * connections.
 */
public final class OursAdapter implements ClientAdapter {

	private ConfigurableApplicationContext context;

	private WebClient webClient;

	private HttpClient httpClient;

	@Override
	public void start(Target target) {
		this.context = BootContext.start(Application.class,
				Map.of("conn-pool.base-url", target.baseUri(), "conn-pool.protocols", switch (target.protocol()) {
					case H1, H1S -> "http/1.1";
					case H2 -> "h2,http/1.1";
					case H2C -> "h2c";
				}, "conn-pool.pool.max-connections-per-host", target.maxConnections(),
						"conn-pool.pool.max-idle-connections-per-host", target.maxConnections(),
						"conn-pool.pool.max-idle-connections", target.maxConnections()));
		this.webClient = this.context.getBean(WebClient.class);
		if (target.option("http-client")) {
			this.httpClient = this.context.getBean(ConnPoolClients.class).get(ConnPoolClients.DEFAULT).httpClient();
			this.httpClient = this.httpClient.baseUrl(target.baseUri());
		}
	}

	@Override
	public void send(Request request, Callback callback) {
		if (this.httpClient != null) {
			ReactorCall.send(this.httpClient, request, callback);
		}
		else {
			WebClientCall.send(this.webClient, request, callback);
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
