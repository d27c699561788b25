package dev.connpool.autoconfigure;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import dev.connpool.settings.Shown;
import dev.connpool.web.ConnPoolClients;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.beans.factory.support.BeanDefinitionOverrideException;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Registers one singleton {@link WebClient} bean per named client. Runs before any bean
 * is created, so that wrong properties are reported first.
 */
final class ClientBeanRegistrar implements BeanRegistrar {

	@Override
	public void register(BeanRegistry registry, Environment environment) {
		new ConfiguredClients(environment).beanNames().forEach((name) -> register(registry, name));
	}

	private static void register(BeanRegistry registry, String name) {
		try {
			registry.registerBean(name, WebClient.class, (bean) -> bean.description("Client '%s'".formatted(name))
				.supplier((context) -> context.bean(ConnPoolClients.class).get(name).webClient()));
		}
		catch (BeanDefinitionOverrideException ex) {
			throw new InvalidPropertyException("conn-pool.clients." + name, Shown.name(name),
					"must have another name: its client becomes a bean of that name, and there already is one%s"
						.formatted(definedIn(ex)),
					ex);
		}
	}

	private static String definedIn(BeanDefinitionOverrideException ex) {
		String description = ex.getExistingDefinition().getResourceDescription();
		return (description != null) ? ", defined in " + description : "";
	}

}
