package dev.connpool.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that puts each HTTP service group on
 * the pool of the client of its name.
 */
@AutoConfiguration(after = { ConnPoolConnectorAutoConfiguration.class, ConnPoolRequestFactoryAutoConfiguration.class,
		ConnPoolWebClientAutoConfiguration.class })
@ConditionalOnClass(HttpServiceProxyRegistry.class)
@ConditionalOnBean(HttpServiceProxyRegistry.class)
public final class ConnPoolHttpServiceAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebClientAdapter.class)
	@ConditionalOnBean(PooledConnectorBuilder.class)
	static class WebClientGroups {

		@Bean
		PooledWebClientGroups connPoolWebClientGroups(PooledWebClients webClients) {
			return new PooledWebClientGroups(webClients);
		}

		@Bean
		BalancedWebClientGroups connPoolBalancedWebClientGroups(PooledConnectors connectors,
				LoadBalancer loadBalancer) {
			return new BalancedWebClientGroups(connectors, loadBalancer);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(RestClientAdapter.class)
	@ConditionalOnBean(PooledRequestFactoryBuilder.class)
	static class RestClientGroups {

		@Bean
		PooledRestClientGroups connPoolRestClientGroups(PooledRequestFactories requestFactories) {
			return new PooledRestClientGroups(requestFactories);
		}

		@Bean
		BalancedRestClientGroups connPoolBalancedRestClientGroups(PooledRequestFactories requestFactories,
				LoadBalancer loadBalancer) {
			return new BalancedRestClientGroups(requestFactories, loadBalancer);
		}

	}

}
