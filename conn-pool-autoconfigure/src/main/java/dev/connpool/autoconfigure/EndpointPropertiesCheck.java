package dev.connpool.autoconfigure;

import dev.connpool.autoconfigure.binding.BindFailure;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Binds the properties of the endpoint before Spring Boot does, whose message about one
 * that is wrong holds its value. Registers nothing.
 */
final class EndpointPropertiesCheck implements BeanRegistrar {

	@Override
	public void register(BeanRegistry registry, Environment environment) {
		BindFailure.bind(() -> Binder.get(environment)
			.bindOrCreate(ConnPoolEndpointProperties.PREFIX, ConnPoolEndpointProperties.class));
	}

}
