package dev.connpool.autoconfigure;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/**
 * Has Spring Cloud LoadBalancer balance those HTTP service groups of {@link WebClient}
 * whose client has a base URL that asks for it. LoadBalancer itself knows Boot's
 * properties only, and balances every group that has no base URL there.
 */
final class BalancedWebClientGroups implements WebClientHttpServiceGroupConfigurer {

	/**
	 * Next to LoadBalancer's own configurer (10).
	 */
	static final int ORDER = 11;

	private final PooledConnectors connectors;

	private final LoadBalancer loadBalancer;

	BalancedWebClientGroups(PooledConnectors connectors, LoadBalancer loadBalancer) {
		this.connectors = connectors;
		this.loadBalancer = loadBalancer;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void configureGroups(Groups<WebClient.Builder> groups) {
		ExchangeFilterFunction filter = this.loadBalancer.filter();
		if (filter != null) {
			groups.forEachClient((group, builder) -> configure(builder, this.connectors.baseUrl(group.name()), filter));
		}
	}

	private static void configure(WebClient.Builder builder, @Nullable URI baseUrl, ExchangeFilterFunction filter) {
		if (baseUrl == null) {
			return;
		}
		builder.filters((filters) -> {
			boolean balanced = filters.removeIf(filter::equals);
			if (balanced || LoadBalancer.balances(baseUrl)) {
				builder.baseUrl(LoadBalancer.requestUrl(baseUrl).toString());
			}
			if (LoadBalancer.balances(baseUrl)) {
				filters.add(filter);
			}
		});
	}

}
