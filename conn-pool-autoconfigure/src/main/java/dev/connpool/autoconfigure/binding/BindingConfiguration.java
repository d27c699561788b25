package dev.connpool.autoconfigure.binding;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * Binds the properties of all clients.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ConnPoolProperties.class)
@ImportRuntimeHints(BootProperties.Hints.class)
public final class BindingConfiguration {

	@Bean
	ConfiguredClients connPoolConfiguredClients(Environment environment) {
		return new ConfiguredClients(environment);
	}

}
