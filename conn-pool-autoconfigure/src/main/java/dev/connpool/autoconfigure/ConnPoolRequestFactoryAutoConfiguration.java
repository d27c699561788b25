package dev.connpool.autoconfigure;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.web.ConnPoolClients;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.client.RestClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that puts Boot's
 * {@link RestClient.Builder} on the default client's pool.
 */
@AutoConfiguration(after = ConnPoolAutoConfiguration.class, before = ImperativeHttpClientAutoConfiguration.class)
@ConditionalOnClass({ ClientHttpRequestFactoryBuilder.class, RestClient.class })
@ConditionalOnBean(ClientDoors.class)
@ConditionalOnProperty(name = "spring.http.clients.imperative.factory", havingValue = "reactor", matchIfMissing = true)
@Conditional(NotReactiveWebApplicationCondition.class)
public final class ConnPoolRequestFactoryAutoConfiguration {

	@Bean
	PooledRequestFactories connPoolRequestFactories(ClientDoors doors, PooledConnectors connectors,
			ConfiguredClients configured, ObjectProvider<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers,
			ListableBeanFactory beanFactory) {
		return PooledRequestFactories.of(doors, connectors, configured, customizers, beanFactory);
	}

	@Bean
	@ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
	PooledRequestFactoryBuilder connPoolRequestFactoryBuilder(PooledRequestFactories requestFactories) {
		return requestFactories.get(ConnPoolClients.DEFAULT);
	}

}
