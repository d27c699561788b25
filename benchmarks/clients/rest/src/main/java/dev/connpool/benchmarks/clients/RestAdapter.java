package dev.connpool.benchmarks.clients;

import java.util.HashMap;
import java.util.Map;

import dev.connpool.benchmarks.BlockingAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * The {@link RestClient} that Boot builds with the starter, on Reactor Netty with the
 * option {@code reactor-netty}; with {@code apache}, {@code jdk} or {@code jetty} the one
 * that it builds without, on a client of that kind with its defaults.
 */
public final class RestAdapter extends BlockingAdapter {

	private ConfigurableApplicationContext context;

	private RestClient client;

	@Override
	public void start(Target target) throws Exception {
		ClientHttpRequestFactory other = other(target);
		Map<String, Object> properties = new HashMap<>(OursAdapter.properties(target));
		properties.put("conn-pool.enabled", other == null);
		this.context = BootContext.start(Application.class, properties);
		RestClient.Builder builder = this.context.getBean(RestClient.Builder.class).baseUrl(target.baseUri());
		this.client = (other != null) ? builder.requestFactory(other).build() : builder.build();
	}

	private static ClientHttpRequestFactory other(Target target) throws Exception {
		if (target.option("apache")) {
			return new HttpComponentsClientHttpRequestFactory(HttpClients.custom()
				.setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
					.setMaxConnTotal(target.maxConnections())
					.setMaxConnPerRoute(target.maxConnections())
					.build())
				.build());
		}
		if (target.option("jdk")) {
			return new JdkClientHttpRequestFactory(java.net.http.HttpClient.newBuilder()
				.version(target.protocol().http2() ? java.net.http.HttpClient.Version.HTTP_2
						: java.net.http.HttpClient.Version.HTTP_1_1)
				.build());
		}
		if (target.option("jetty")) {
			org.eclipse.jetty.client.HttpClient jetty = new org.eclipse.jetty.client.HttpClient();
			jetty.setMaxConnectionsPerDestination(target.maxConnections());
			JettyClientHttpRequestFactory requestFactory = new JettyClientHttpRequestFactory(jetty);
			requestFactory.afterPropertiesSet();
			return requestFactory;
		}
		return null;
	}

	@Override
	public Response call(Request request) {
		RestClient.RequestHeadersSpec<?> prepared = (request.body() == null) ? this.client.get().uri(request.path())
				: this.client.post().uri(request.path()).body(request.body());
		ResponseEntity<byte[]> response = prepared.retrieve().toEntity(byte[].class);
		return new Response(response.getStatusCode().value(), response.getBody());
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
