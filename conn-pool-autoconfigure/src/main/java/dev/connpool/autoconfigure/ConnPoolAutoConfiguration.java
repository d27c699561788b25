package dev.connpool.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.connpool.autoconfigure.binding.BindingConfiguration;
import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.finding.ClientFindings;
import dev.connpool.finding.Findings;
import dev.connpool.listener.ConnectionListener;
import dev.connpool.listener.ConnectionListeners;
import dev.connpool.web.ConnPoolClientCustomizer;
import dev.connpool.web.ConnPoolClients;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for pooled clients.
 */
@AutoConfiguration
@ConditionalOnClass({ HttpClient.class, WebClient.class, WebClientAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "conn-pool.enabled", matchIfMissing = true)
@Import({ BindingConfiguration.class, ClientBeanRegistrar.class })
public final class ConnPoolAutoConfiguration {

	@Bean
	LoadBalancer connPoolLoadBalancer(ConfiguredClients configured, BeanFactory beanFactory, Environment environment) {
		LoadBalancer loadBalancer = new LoadBalancer(beanFactory, environment);
		loadBalancer.check(configured);
		return loadBalancer;
	}

	@Bean
	TokenClientCheck connPoolTokenClientCheck(ConfiguredClients configured) {
		return new TokenClientCheck(configured);
	}

	@Bean
	ClientTls connPoolClientTls(ConfiguredClients configured, ObjectProvider<SslBundles> bundles,
			ObjectProvider<HttpClientSettings> settings) {
		return new ClientTls(configured, bundles.getIfAvailable(),
				() -> settings.getIfAvailable(HttpClientSettings::defaults).sslBundle());
	}

	@Bean
	PooledClients connPoolPooledClients(ConfiguredClients configured, ClientTls tls,
			ObjectProvider<ReactorResourceFactory> resources, ObjectProvider<ConnectionListener> listeners) {
		ReactorResourceFactory shared = resources.getIfAvailable();
		LoopResources loops = (shared != null) ? shared.getLoopResources() : null;
		return new PooledClients(configured, tls, loops, new ConnectionListeners(listeners.orderedStream().toList()));
	}

	@Bean
	ClientsLifecycle connPoolClientsLifecycle(PooledClients clients, PooledConnectors connectors,
			ConfiguredClients configured) {
		return new ClientsLifecycle(clients, new EarlyConnections(connectors, configured));
	}

	@Bean
	ClientDoors connPoolClientDoors(ConfiguredClients configured, PooledClients pooled, ClientTls tls,
			ObjectProvider<HttpClientSettings> settings, ObjectProvider<ConnPoolClientCustomizer> customizers,
			ListableBeanFactory beanFactory) {
		return new ClientDoors(configured, pooled, tls, settings.getIfAvailable(HttpClientSettings::defaults),
				NamedBean.ordered(customizers, ConnPoolClientCustomizer.class, beanFactory));
	}

	@Bean
	PooledConnectors connPoolConnectors(ConfiguredClients configured, ClientDoors doors,
			ObjectProvider<ClientHttpConnectorBuilderCustomizer<?>> customizers, ListableBeanFactory beanFactory) {
		CustomizedBuilder<ReactorClientHttpConnectorBuilder> builder = PooledConnectorBuilder
			.customized(NamedBean.ordered(customizers, ClientHttpConnectorBuilderCustomizer.class, beanFactory));
		return new PooledConnectors(doors, builder, new TransportChoice(configured));
	}

	@Bean
	SettingsReload connPoolSettingsReload(Environment environment, ConfiguredClients configured, PooledClients clients,
			PooledConnectors connectors) {
		return new SettingsReload(environment, configured, clients, connectors);
	}

	@Bean
	@ConditionalOnMissingBean
	ConnPoolClients connPoolClients(PooledConnectors connectors, ObjectProvider<PooledWebClients> webClients,
			ObjectProvider<WebClientCustomizer> customizers, SettingsReload reload) {
		return connectors.clients((name) -> webClients.getObject().create(name, customizers.orderedStream().toList()),
				reload);
	}

	@Bean(initMethod = "start")
	Findings connPoolFindings(ConnPoolClients clients, ConfigurableListableBeanFactory beans) {
		Map<String, ClientFindings> findings = new LinkedHashMap<>();
		Supplier<List<String>> unpooled = new UnpooledBeans(beans);
		clients.forEach((client) -> findings.put(client.name(),
				new ClientFindings(client.name(), client::settings, client::snapshot, client::remember,
						client.name().equals(ConnPoolClients.DEFAULT) ? unpooled : List::of)));
		return new Findings(findings);
	}

	@Bean
	@Primary
	@ConditionalOnMissingBean
	WebClient webClient(ConnPoolClients clients) {
		return clients.get(ConnPoolClients.DEFAULT).webClient();
	}

}
