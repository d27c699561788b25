package dev.connpool.autoconfigure;

import java.net.URI;
import java.util.Map;
import java.util.Objects;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.web.ConnPoolClients;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.web.client.RestClient;

/**
 * The request factories of all clients.
 */
final class PooledRequestFactories {

	private static final Log logger = LogFactory.getLog(PooledRequestFactories.class);

	private final Map<String, PooledRequestFactoryBuilder> builders;

	private PooledRequestFactories(ClientDoors doors,
			CustomizedBuilder<ReactorClientHttpRequestFactoryBuilder> customized, TransportChoice choice,
			PooledConnectors connectors) {
		this.builders = doors.each((door) -> new PooledRequestFactoryBuilder(door, customized, choice));
		this.builders.forEach((name, builder) -> {
			if (builder.transport().used() != connectors.get(name).transport().used()) {
				logger.info("Client '%s': RestClient has transport %s (%s)".formatted(name, builder.transport(),
						builder.transport().reason()));
			}
		});
	}

	/**
	 * Make the request factories of all clients.
	 * @param doors the clients
	 * @param connectors those of {@code WebClient}
	 * @param configured what is asked for
	 * @param customizers the beans that customize Boot's builder
	 * @param beanFactory knows their names
	 * @return the request factories
	 */
	static PooledRequestFactories of(ClientDoors doors, PooledConnectors connectors, ConfiguredClients configured,
			ObjectProvider<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers, ListableBeanFactory beanFactory) {
		return new PooledRequestFactories(doors,
				PooledRequestFactoryBuilder.customized(
						NamedBean.ordered(customizers, ClientHttpRequestFactoryBuilderCustomizer.class, beanFactory)),
				new TransportChoice(configured), connectors);
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

}
