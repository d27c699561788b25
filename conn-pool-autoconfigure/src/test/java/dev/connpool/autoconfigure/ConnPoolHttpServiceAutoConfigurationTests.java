package dev.connpool.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;
import org.springframework.web.service.registry.ImportHttpServices;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnPoolHttpServiceAutoConfiguration}.
 */
class ConnPoolHttpServiceAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ConnPoolAutoConfiguration.class,
				ConnPoolConnectorAutoConfiguration.class, ConnPoolWebClientAutoConfiguration.class,
				ConnPoolRequestFactoryAutoConfiguration.class, ConnPoolHttpServiceAutoConfiguration.class,
				HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
				ImperativeHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class,
				RestClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
				ReactiveHttpServiceClientAutoConfiguration.class, HttpServiceClientAutoConfiguration.class))
		.withUserConfiguration(Built.class)
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0",
				"conn-pool.base-url=https://default.example.com",
				"conn-pool.clients.orders.base-url=https://orders.example.com",
				"spring.http.serviceclient.stock.base-url=https://stock.example.com",
				"spring.http.serviceclient.stock.redirects=dont-follow",
				"spring.http.serviceclient.stock.default-header.x-team=stock");

	@Test
	void groupRunsOnTheClientOfItsName() {
		this.contextRunner.withUserConfiguration(WebClientServices.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertGroup(context, "orders", "orders", "https://orders.example.com");
		});
	}

	@Test
	void groupWithOnlyBootsPropertiesRunsOnItsOwnClient() {
		this.contextRunner.withUserConfiguration(WebClientServices.class).run((context) -> {
			assertGroup(context, "stock", "stock", "https://stock.example.com");
			assertThat(context).doesNotHaveBean("stock");
			context.getBean(Built.class).webClients.get("stock")
				.defaultHeaders((headers) -> assertThat(headers.getFirst("x-team")).isEqualTo("stock"));
		});
	}

	@Test
	void otherGroupsRunOnTheDefaultClient() {
		this.contextRunner.withUserConfiguration(WebClientServices.class)
			.run((context) -> assertGroup(context, "other", "default", "https://default.example.com"));
	}

	@Test
	void groupsOfRestClientRunOnTheSamePools() {
		this.contextRunner.withUserConfiguration(RestClientServices.class).run((context) -> {
			RestClient.Builder orders = context.getBean(Built.class).restClients.get("orders");
			assertThat(orders).extracting("baseUrl").hasToString("https://orders.example.com");
			assertThat(orders).extracting("requestFactory")
				.isSameAs(context.getBean(PooledRequestFactories.class).get("orders").build(null));
			assertThat(context.getBean(Built.class).restClients.get("stock")).extracting("baseUrl")
				.hasToString("https://stock.example.com");
		});
	}

	@Test
	void groupsAreLeftToBootWhenAnotherConnectorIsAskedFor() {
		this.contextRunner.withUserConfiguration(WebClientServices.class)
			.withPropertyValues("spring.http.clients.reactive.connector=jdk")
			.run((context) -> assertThat(context.getBean(Built.class).webClients.get("orders")).extracting("connector")
				.isInstanceOf(JdkClientHttpConnector.class));
	}

	@Test
	void backsOffWithoutServices() {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(PooledWebClientGroups.class)
			.doesNotHaveBean(PooledRestClientGroups.class));
	}

	@Test
	void backsOffWithoutTheRegistry() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(HttpServiceProxyRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("connPoolWebClientGroups"));
	}

	private static void assertGroup(ApplicationContext context, String group, String client, String baseUrl) {
		WebClient.Builder builder = context.getBean(Built.class).webClients.get(group);
		assertThat(ReflectionTestUtils.getField(builder, "baseUrl")).isEqualTo(baseUrl);
		assertThat(ReflectionTestUtils.getField(builder, "connector"))
			.isSameAs(context.getBean(PooledConnectors.class).get(client).build(null));
		assertThat(context.getBean(PooledConnectors.class).get(client).door().pooled().name()).isEqualTo(client);
	}

	interface Orders {

		@GetExchange("/orders")
		String orders();

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Orders.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "stock", types = Orders.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "other", types = Orders.class, clientType = ClientType.WEB_CLIENT)
	static class WebClientServices {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Orders.class, clientType = ClientType.REST_CLIENT)
	@ImportHttpServices(group = "stock", types = Orders.class, clientType = ClientType.REST_CLIENT)
	static class RestClientServices {

	}

	@Configuration(proxyBeanMethods = false)
	static class Built {

		private final Map<String, WebClient.Builder> webClients = new LinkedHashMap<>();

		private final Map<String, RestClient.Builder> restClients = new LinkedHashMap<>();

		@Bean
		WebClientHttpServiceGroupConfigurer webClientGroups() {
			return (groups) -> groups.forEachClient((group, builder) -> this.webClients.put(group.name(), builder));
		}

		@Bean
		RestClientHttpServiceGroupConfigurer restClientGroups() {
			return (groups) -> groups.forEachClient((group, builder) -> this.restClients.put(group.name(), builder));
		}

	}

}
