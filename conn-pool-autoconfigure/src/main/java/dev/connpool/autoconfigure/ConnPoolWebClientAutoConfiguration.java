package dev.connpool.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that puts each {@link WebClient} of
 * a client on its pool, after Boot's, whose customizer it follows.
 */
@AutoConfiguration(after = { ConnPoolAutoConfiguration.class, WebClientAutoConfiguration.class })
@ConditionalOnClass({ ClientHttpConnectorBuilder.class, WebClientCustomizer.class })
@ConditionalOnBean(PooledConnectors.class)
public final class ConnPoolWebClientAutoConfiguration {

	@Bean
	PooledWebClients connPoolWebClients(PooledConnectors connectors, LoadBalancer loadBalancer,
			ObjectProvider<ClientHttpConnectorBuilder<?>> bootsBuilder,
			ObjectProvider<ClientHttpConnector> bootsConnector) {
		return new PooledWebClients(connectors, loadBalancer, bootsBuilder, bootsConnector);
	}

}
