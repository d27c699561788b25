package dev.connpool.companions.loadbalancer;

import dev.connpool.autoconfigure.ConnPoolAutoConfiguration;
import dev.connpool.autoconfigure.ConnPoolConnectorAutoConfiguration;
import dev.connpool.autoconfigure.ConnPoolWebClientAutoConfiguration;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientBuilderConfigurer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.cloud.client.loadbalancer.LoadBalanced;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;
import org.springframework.web.service.registry.ImportHttpServices;

import static dev.connpool.testing.ConnPoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Services, hosts, and who is balanced.
 */
class LoadBalancerIntegrationTests {

	@AutoClose
	private final ScriptedServer server = ScriptedServer.h1();

	@ParameterizedTest
	@CsvSource({ "web, conn-pool.clients.orders.base-url, url", "rest, conn-pool.clients.orders.base-url, url",
			"web, conn-pool.clients.orders.base-url, lb://backend",
			"rest, conn-pool.clients.orders.base-url, lb://backend",
			"web, spring.http.serviceclient.orders.base-url, url",
			"rest, spring.http.serviceclient.orders.base-url, url",
			"web, spring.http.serviceclient.orders.base-url, lb://backend",
			"rest, spring.http.serviceclient.orders.base-url, lb://backend" })
	void groupsAreOnTheClientOfTheirName(String kind, String property, String value) {
		try (ConfigurableApplicationContext context = run(services(kind), property + "=" + value(value))) {
			assertThat(context.getBean(HttpServiceProxyRegistry.class).getClient("orders", Items.class).items())
				.isEqualTo("scripted");
			assertUses(context, "orders", 1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "web", "rest" })
	void groupsWithoutABaseUrlAreServicesOfTheirName(String kind) {
		try (ConfigurableApplicationContext context = run(services(kind), "conn-pool.clients.orders.compression=true",
				instance("orders"))) {
			assertThat(context.getBean(HttpServiceProxyRegistry.class).getClient("orders", Items.class).items())
				.isEqualTo("scripted");
			assertUses(context, "orders", 1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "web, url", "rest, url", "web, lb://backend", "rest, lb://backend" })
	void groupsWithoutAClientUseTheBaseUrlOfTheDefaultClient(String kind, String value) {
		try (ConfigurableApplicationContext context = run(services(kind), "conn-pool.base-url=" + value(value))) {
			assertThat(context.getBean(HttpServiceProxyRegistry.class).getClient("orders", Items.class).items())
				.isEqualTo("scripted");
			assertUses(context, "default", 1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "web, lb://nobody, url", "rest, lb://nobody, url", "web, http://127.0.0.1:1, lb://backend",
			"rest, http://127.0.0.1:1, lb://backend" })
	void theBaseUrlOfAClientGoesBeforeBoots(String kind, String boots, String ours) {
		try (ConfigurableApplicationContext context = run(services(kind),
				"spring.http.serviceclient.orders.base-url=" + boots,
				"conn-pool.clients.orders.base-url=" + value(ours))) {
			assertThat(context.getBean(HttpServiceProxyRegistry.class).getClient("orders", Items.class).items())
				.isEqualTo("scripted");
			assertUses(context, "orders", 1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "url", "lb://backend" })
	void webClientBeansAreBalancedIfTheirBaseUrlSaysSo(String value) {
		try (ConfigurableApplicationContext context = run(Builders.class,
				"conn-pool.clients.orders.base-url=" + value(value))) {
			get(context.getBean("orders", WebClient.class), "/items");
			get(context.getBean("webClient", WebClient.class), this.server.url("/items"));
			assertUses(context, "orders", 1);
			assertUses(context, "default", 1);
		}
	}

	@Test
	void balancedBuildersAreOnThePool() {
		try (ConfigurableApplicationContext context = run(Builders.class,
				"conn-pool.clients.orders.pool.max-connections-per-host=7")) {
			get(context.getBean("balancedWebClient", WebClient.Builder.class).build(), "http://backend/items");
			assertUses(context, "orders", 1);
			context.getBean("balancedRestClient", RestClient.Builder.class)
				.build()
				.get()
				.uri("http://backend/items")
				.retrieve()
				.toBodilessEntity();
			context.getBean(RestTemplate.class).getForObject("http://backend/items", String.class);
			assertUses(context, "default", 2);
		}
	}

	@Test
	void aBalancedBuilderReachesNoBeanOfOursAndIsNotOnThePool() {
		try (ConfigurableApplicationContext context = run(OwnBuilder.class,
				"conn-pool.clients.orders.base-url=" + this.server.url())) {
			get(context.getBean(WebClient.Builder.class).build(), "http://backend/items");
			get(context.getBean("orders", WebClient.class), "/items");
			get(context.getBean("webClient", WebClient.class), this.server.url("/items"));
			assertUses(context, "orders", 1);
			assertUses(context, "default", 1);
		}
	}

	@Test
	void anApplicationWithoutLoadBalancerSaysWhatIsMissing() {
		assertThatThrownBy(() -> run(Builders.class, "conn-pool.clients.orders.base-url=lb://backend",
				"spring.cloud.loadbalancer.enabled=false"))
			.rootCause()
			.hasMessageContaining("'conn-pool.clients.orders.base-url' is 'lb://backend'")
			.hasMessageContaining("Spring Cloud LoadBalancer");
	}

	@ParameterizedTest
	@ValueSource(strings = { "conn-pool.clients.orders.base-url", "spring.http.serviceclient.orders.base-url" })
	void sliceWithoutLoadBalancerStarts(String property) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Slice.class)
			.web(WebApplicationType.NONE)
			.properties("spring.reactor.netty.shutdown-quiet-period=0", "conn-pool.clients.orders.compression=false",
					property + "=lb://backend")
			.run()) {
			get(context.getBean("orders", WebClient.class), this.server.url("/items"));
			assertUses(context, "orders", 1);
		}
	}

	@Test
	void connectionsCannotBeOpenedBeforehand() {
		assertThatThrownBy(() -> run(Builders.class, "conn-pool.clients.orders.base-url=lb://backend",
				"conn-pool.clients.orders.pool.min-idle-connections=2"))
			.rootCause()
			.hasMessageContaining("'conn-pool.clients.orders.pool.min-idle-connections' is '2'")
			.hasMessageContaining("Spring Cloud LoadBalancer");
	}

	private static Class<?> services(String kind) {
		return kind.equals("web") ? WebClientServices.class : RestClientServices.class;
	}

	private String value(String value) {
		return value.equals("url") ? this.server.url() : value;
	}

	private String instance(String service) {
		return "spring.cloud.discovery.client.simple.instances.%s[0].uri=%s".formatted(service, this.server.url());
	}

	/**
	 * Runs an application for which there are instances of {@code backend} only: a group
	 * that is balanced by its name, although it has a base URL, finds none.
	 */
	private ConfigurableApplicationContext run(Class<?> configuration, String... properties) {
		return new SpringApplicationBuilder(configuration, Application.class).web(WebApplicationType.NONE)
			.properties("spring.reactor.netty.shutdown-quiet-period=0", instance("backend"))
			.properties(properties)
			.run();
	}

	private void assertUses(ConfigurableApplicationContext context, String client, int requests) {
		assertThat(context.getBean(ConnPoolClients.class).get(client)).host(this.server).acquired(requests);
	}

	private static void get(WebClient webClient, String uri) {
		assertThat(webClient.get().uri(uri).retrieve().bodyToMono(String.class).block()).isEqualTo("scripted");
	}

	interface Items {

		@GetExchange("/items")
		String items();

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Items.class, clientType = ClientType.WEB_CLIENT)
	static class WebClientServices {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Items.class, clientType = ClientType.REST_CLIENT)
	static class RestClientServices {

	}

	/**
	 * What {@code @WebClientTest} imports, to which Spring Cloud adds nothing.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ConnPoolAutoConfiguration.class, ConnPoolConnectorAutoConfiguration.class,
			ConnPoolWebClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
			ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class })
	static class Slice {

	}

	/**
	 * The recipes of the documentation.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Builders {

		@Bean
		@LoadBalanced
		WebClient.Builder balancedWebClient(ConnPoolClients clients) {
			return clients.get("orders").webClient().mutate();
		}

		@Bean
		@LoadBalanced
		RestClient.Builder balancedRestClient(RestClientBuilderConfigurer configurer) {
			return configurer.configure(RestClient.builder());
		}

		@Bean
		@LoadBalanced
		RestTemplate balancedRestTemplate(RestTemplateBuilder builder) {
			return builder.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBuilder {

		@Bean
		@LoadBalanced
		WebClient.Builder ownWebClient() {
			return WebClient.builder();
		}

	}

}
