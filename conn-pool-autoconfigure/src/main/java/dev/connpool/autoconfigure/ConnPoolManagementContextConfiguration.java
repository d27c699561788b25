package dev.connpool.autoconfigure;

import java.util.Objects;
import java.util.function.Supplier;

import dev.connpool.actuate.ConnPoolEndpoint;
import dev.connpool.actuate.ConnPoolEndpointFilter;
import dev.connpool.actuate.ConnPoolEndpointWebExtension;
import dev.connpool.actuate.ConnPoolEndpointWebFilter;
import dev.connpool.actuate.LivePageFilter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link ManagementContextConfiguration @ManagementContextConfiguration} for the headers
 * of the {@code connpool} endpoint, on whatever port it is served.
 */
@ManagementContextConfiguration(proxyBeanMethods = false)
@ConditionalOnBean(ConnPoolEndpointWebExtension.class)
class ConnPoolManagementContextConfiguration {

	private static Supplier<String> path(ObjectProvider<PathMappedEndpoints> endpoints) {
		return () -> Objects.requireNonNull(endpoints.getObject().getPath(EndpointId.of(ConnPoolEndpoint.ID)));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class Servlet {

		@Bean
		ConnPoolEndpointFilter connPoolEndpointFilter(ObjectProvider<PathMappedEndpoints> endpoints) {
			return new ConnPoolEndpointFilter(path(endpoints));
		}

		@Bean
		LivePageFilter connPoolLivePageFilter(ObjectProvider<PathMappedEndpoints> endpoints) {
			return new LivePageFilter(path(endpoints));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class Reactive {

		@Bean
		ConnPoolEndpointWebFilter connPoolEndpointWebFilter(ObjectProvider<PathMappedEndpoints> endpoints) {
			return new ConnPoolEndpointWebFilter(path(endpoints));
		}

	}

}
