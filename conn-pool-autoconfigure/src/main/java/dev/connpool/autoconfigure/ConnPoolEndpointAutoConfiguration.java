package dev.connpool.autoconfigure;

import java.util.Map;

import dev.connpool.actuate.ConnPoolEndpoint;
import dev.connpool.actuate.ConnPoolEndpointWebExtension;
import dev.connpool.finding.Findings;
import dev.connpool.web.ConnPoolClients;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the {@code connpool} endpoint.
 */
@AutoConfiguration(after = ConnPoolAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(ConnPoolClients.class)
@ConditionalOnAvailableEndpoint(ConnPoolEndpoint.class)
@EnableConfigurationProperties(ConnPoolEndpointProperties.class)
@Import(EndpointPropertiesCheck.class)
public final class ConnPoolEndpointAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ConnPoolEndpoint connPoolEndpoint(ConnPoolClients clients, ObjectProvider<Findings> findings,
			ConnPoolEndpointProperties properties, ObjectProvider<SanitizingFunction> sanitizers,
			ApplicationContext context) {
		return new ConnPoolEndpoint(ApplicationIdentity.of(context), clients,
				findings.getIfAvailable(() -> new Findings(Map.of())), sanitizers.orderedStream().toList(),
				properties.showValues());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(ConnPoolEndpoint.class)
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	ConnPoolEndpointWebExtension connPoolEndpointWebExtension(ConnPoolEndpoint endpoint,
			ConnPoolEndpointProperties properties, EndpointAccessResolver access) {
		boolean mutable = access.accessFor(EndpointId.of(ConnPoolEndpoint.ID), Access.READ_ONLY) == Access.UNRESTRICTED;
		return new ConnPoolEndpointWebExtension(endpoint, properties.showValues(), properties.roles(), mutable);
	}

}
