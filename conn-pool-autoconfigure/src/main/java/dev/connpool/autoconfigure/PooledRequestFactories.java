package dev.connpool.autoconfigure;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.connpool.web.ConnPoolClients;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.web.client.RestClient;

/**
 * The request factories of all clients.
 */
final class PooledRequestFactories {

	private final Map<String, PooledRequestFactoryBuilder> builders;

	PooledRequestFactories(ClientDoors doors, List<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers) {
		ReactorClientHttpRequestFactoryBuilder builder = customize(ClientHttpRequestFactoryBuilder.reactor(),
				customizers);
		this.builders = doors.each((door) -> new PooledRequestFactoryBuilder(door, builder));
	}

	/**
	 * Return the request factories of one client.
	 * @param name the client name
	 * @return its request factories, or those of the default client if there is no client
	 * of that name
	 */
	PooledRequestFactoryBuilder get(String name) {
		PooledRequestFactoryBuilder builder = this.builders.get(name);
		return (builder != null) ? builder : Objects.requireNonNull(this.builders.get(ConnPoolClients.DEFAULT));
	}

	/**
	 * Put a request factory of a client, and its base URL if it has one, into a builder.
	 * @param name the client name
	 * @param restClient the builder
	 */
	void apply(String name, RestClient.Builder restClient) {
		restClient.requestFactory(get(name).build(null));
		URI baseUrl = baseUrl(name);
		if (baseUrl != null) {
			restClient.baseUrl(LoadBalancer.requestUrl(baseUrl));
		}
	}

	/**
	 * Return what relative URLs of a client are resolved against.
	 * @param name the client name
	 * @return the base URL, or {@code null}
	 */
	@Nullable URI baseUrl(String name) {
		return get(name).door().pooled().settings().baseUrl();
	}

	@SuppressWarnings("unchecked")
	private static ReactorClientHttpRequestFactoryBuilder customize(ReactorClientHttpRequestFactoryBuilder builder,
			List<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers) {
		ReactorClientHttpRequestFactoryBuilder[] customized = { builder };
		LambdaSafe.callbacks(ClientHttpRequestFactoryBuilderCustomizer.class, customizers, builder)
			.invoke((customizer) -> customized[0] = (ReactorClientHttpRequestFactoryBuilder) customizer
				.customize(customized[0]));
		return customized[0];
	}

}
