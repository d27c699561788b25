package dev.connpool.autoconfigure;

import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.connpool.connector.PoolConnector;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.core.Ordered;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Makes the {@link WebClient} of a client as Boot makes its own. One of Boot's
 * customizers puts the default connector into every builder, and this one, which follows
 * it, the connector of the client that a builder is for. What other customizers put there
 * stays.
 */
final class PooledWebClients implements WebClientCustomizer, Ordered {

	/**
	 * That of Boot's customizer with the default connector, which is registered before
	 * this one.
	 */
	static final int ORDER = 0;

	private static final Log logger = LogFactory.getLog(PooledWebClients.class);

	private final PooledConnectors connectors;

	private final LoadBalancer loadBalancer;

	private final ObjectProvider<ClientHttpConnectorBuilder<?>> bootsBuilder;

	private final ObjectProvider<ClientHttpConnector> bootsConnector;

	private final Map<WebClient.Builder, String> names = Collections.synchronizedMap(new WeakHashMap<>());

	private final AtomicBoolean warned = new AtomicBoolean();

	PooledWebClients(PooledConnectors connectors, LoadBalancer loadBalancer,
			ObjectProvider<ClientHttpConnectorBuilder<?>> bootsBuilder,
			ObjectProvider<ClientHttpConnector> bootsConnector) {
		this.connectors = connectors;
		this.loadBalancer = loadBalancer;
		this.bootsBuilder = bootsBuilder;
		this.bootsConnector = bootsConnector;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	/**
	 * Put the connector of a client, and its base URL if it has one, into a builder to
	 * which no customizer was applied yet.
	 * @param name the client name
	 * @param webClient the builder
	 */
	void prepare(String name, WebClient.Builder webClient) {
		webClient.clientConnector(this.connectors.get(name).build(null));
		URI baseUrl = this.connectors.baseUrl(name);
		if (baseUrl != null) {
			webClient.baseUrl(LoadBalancer.requestUrl(baseUrl).toString());
		}
		this.names.put(webClient, name);
	}

	@Override
	public void customize(WebClient.Builder webClient) {
		String name = this.names.get(webClient);
		if (name == null) {
			return;
		}
		if (!isReplaced()) {
			webClient.clientConnector(this.connectors.get(name).build(null));
		}
		else if (this.warned.compareAndSet(false, true)) {
			logger.warn(("A ClientHttpConnector bean is used in place of the pool by all WebClients (clients %s):"
					+ " no limit and no deadline of 'conn-pool' holds for them. To have them on the pool, remove the bean,"
					+ " and put its connector into those builders that need it")
				.formatted(String.join(", ", this.connectors.names())));
		}
	}

	/**
	 * Make the {@code WebClient} of a client.
	 * @param name the client name
	 * @param customizers what Boot applies to its own builder
	 * @return a new {@code WebClient}
	 */
	WebClient create(String name, List<WebClientCustomizer> customizers) {
		WebClient.Builder webClient = WebClient.builder();
		prepare(name, webClient);
		customizers.forEach((customizer) -> customizer.customize(webClient));
		if (LoadBalancer.balances(this.connectors.baseUrl(name))) {
			ExchangeFilterFunction filter = this.loadBalancer.filter();
			if (filter != null) {
				webClient.filter(filter);
			}
		}
		return webClient.build();
	}

	/**
	 * Return whether the application has replaced the connector that Boot makes with our
	 * builder, as tests do that must not connect.
	 * @return whether Boot's connector is another one
	 */
	private boolean isReplaced() {
		if (!(this.bootsBuilder.getIfUnique() instanceof PooledConnectorBuilder)) {
			return false;
		}
		ClientHttpConnector connector = this.bootsConnector.getIfUnique();
		return connector != null && !(connector instanceof PoolConnector);
	}

}
