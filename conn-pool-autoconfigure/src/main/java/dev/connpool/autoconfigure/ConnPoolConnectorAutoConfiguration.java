package dev.connpool.autoconfigure;

import dev.connpool.web.ConnPoolClients;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that puts Boot's
 * {@link WebClient.Builder} on the default client's pool.
 */
@AutoConfiguration(after = ConnPoolAutoConfiguration.class, before = ReactiveHttpClientAutoConfiguration.class)
@ConditionalOnClass(ClientHttpConnectorBuilder.class)
@ConditionalOnBean(PooledConnectors.class)
@ConditionalOnProperty(name = "spring.http.clients.reactive.connector", havingValue = "reactor", matchIfMissing = true)
public final class ConnPoolConnectorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(ClientHttpConnectorBuilder.class)
	PooledConnectorBuilder connPoolConnectorBuilder(PooledConnectors connectors) {
		return connectors.get(ConnPoolClients.DEFAULT);
	}

}
