package dev.connpool.benchmarks.clients;

import java.util.Map;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.HttpResources;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The {@link WebClient} that Spring Boot builds; only the protocol is set. With the
 * option {@code no-network} it sends nothing.
 */
public final class BootAdapter implements ClientAdapter {

	private static HttpProtocol[] protocols;

	private ConfigurableApplicationContext context;

	private WebClient client;

	@Override
	public void start(Target target) {
		protocols = switch (target.protocol()) {
			case H1, H1S -> new HttpProtocol[] { HttpProtocol.HTTP11 };
			case H2 -> new HttpProtocol[] { HttpProtocol.H2, HttpProtocol.HTTP11 };
			case H2C -> new HttpProtocol[] { HttpProtocol.H2C };
		};
		this.context = BootContext.start(Application.class, Map.of());
		WebClient.Builder builder = this.context.getBean(WebClient.Builder.class).baseUrl(target.baseUri());
		this.client = target.option("no-network") ? builder.clientConnector(new NoNetwork()).build() : builder.build();
	}

	@Override
	public void send(Request request, Callback callback) {
		WebClientCall.send(this.client, request, callback);
	}

	@Override
	public void close() {
		this.context.close();
		// Reactor Netty's global pool stays open, and the next burst needs a fresh one.
		HttpResources.reset();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> protocol() {
			return (builder) -> builder.withHttpClientCustomizer((http) -> http.protocol(protocols));
		}

	}

}
