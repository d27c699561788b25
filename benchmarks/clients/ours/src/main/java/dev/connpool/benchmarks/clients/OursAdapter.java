package dev.connpool.benchmarks.clients;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;
import dev.connpool.pool.reactor.DirectTransport;
import dev.connpool.web.ConnPoolClients;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The starter's {@link WebClient}, on Reactor Netty with the option
 * {@code reactor-netty}. With {@code http-client} it is the Reactor Netty client on its
 * connections instead, with {@code engine} what sends requests on them without either.
 * Set are the base URL, the protocols, and the limit of connections.
 */
public final class OursAdapter implements ClientAdapter {

	private ConfigurableApplicationContext context;

	private WebClient webClient;

	private HttpClient httpClient;

	private DirectTransport engine;

	private boolean secure;

	private InetSocketAddress address;

	private String authority;

	static Map<String, Object> properties(Target target) {
		Map<String, Object> properties = new HashMap<>(
				Map.of("conn-pool.base-url", target.baseUri(), "conn-pool.protocols", switch (target.protocol()) {
					case H1, H1S -> "http/1.1";
					case H2 -> "h2,http/1.1";
					case H2C -> "h2c";
				}, "conn-pool.pool.max-connections-per-host", target.maxConnections(),
						"conn-pool.pool.max-idle-connections-per-host", target.maxConnections(),
						"conn-pool.pool.max-idle-connections", target.maxConnections()));
		if (target.option("reactor-netty")) {
			properties.put("conn-pool.transport", "reactor-netty");
		}
		return properties;
	}

	@Override
	public void start(Target target) {
		Map<String, Object> properties = properties(target);
		this.context = BootContext.start(Application.class, properties);
		this.webClient = this.context.getBean(WebClient.class);
		HttpClient shared = this.context.getBean(ConnPoolClients.class).get(ConnPoolClients.DEFAULT).httpClient();
		if (target.option("http-client")) {
			this.httpClient = shared.baseUrl(target.baseUri());
		}
		if (target.option("engine")) {
			this.engine = new DirectTransport(shared);
			this.secure = target.protocol().tls();
			this.address = InetSocketAddress.createUnresolved(Target.HOST, target.port());
			this.authority = Target.HOST + ":" + target.port();
		}
	}

	@Override
	public void send(Request request, Callback callback) {
		if (this.httpClient != null) {
			ReactorCall.send(this.httpClient, request, callback);
		}
		else if (this.engine != null) {
			this.engine.send(new EngineCall(request, this.authority, callback), this.secure, this.address);
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
