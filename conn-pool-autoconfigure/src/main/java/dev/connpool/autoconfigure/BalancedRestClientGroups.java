package dev.connpool.autoconfigure;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/**
 * Has Spring Cloud LoadBalancer balance those HTTP service groups of {@link RestClient}
 * whose client has a base URL that asks for it.
 *
 * @see BalancedWebClientGroups
 */
final class BalancedRestClientGroups implements RestClientHttpServiceGroupConfigurer {

	private final PooledRequestFactories requestFactories;

	private final LoadBalancer loadBalancer;

	BalancedRestClientGroups(PooledRequestFactories requestFactories, LoadBalancer loadBalancer) {
		this.requestFactories = requestFactories;
		this.loadBalancer = loadBalancer;
	}

	@Override
	public int getOrder() {
		return BalancedWebClientGroups.ORDER;
	}

	@Override
	public void configureGroups(Groups<RestClient.Builder> groups) {
		ClientHttpRequestInterceptor interceptor = this.loadBalancer.interceptor();
		if (interceptor != null) {
			groups.forEachClient(
					(group, builder) -> configure(builder, this.requestFactories.baseUrl(group.name()), interceptor));
		}
	}

	private static void configure(RestClient.Builder builder, @Nullable URI baseUrl,
			ClientHttpRequestInterceptor interceptor) {
		if (baseUrl == null) {
			return;
		}
		builder.requestInterceptors((interceptors) -> {
			boolean balanced = interceptors.removeIf(interceptor::equals);
			if (balanced || LoadBalancer.balances(baseUrl)) {
				builder.baseUrl(LoadBalancer.requestUrl(baseUrl));
			}
			if (LoadBalancer.balances(baseUrl)) {
				interceptors.add(interceptor);
			}
		});
	}

}
