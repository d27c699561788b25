package dev.connpool.autoconfigure;

import java.util.stream.Stream;

import dev.connpool.testing.ScriptedServer;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.mock.http.client.MockClientHttpResponse;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;
import org.springframework.web.service.registry.ImportHttpServices;

import static dev.connpool.testing.ConnPoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.client.ExpectedCount.manyTimes;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.anything;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withNoContent;

/**
 * What an application puts in the place of a connection, such as a mock server, is never
 * replaced by the pool.
 */
class MockedClientsIntegrationTests {

	private static final ClientHttpRequestFactory REQUEST_FACTORY = (uri, method) -> {
		MockClientHttpRequest request = new MockClientHttpRequest(method, uri);
		request.setResponse(new MockClientHttpResponse(new byte[0], HttpStatus.NO_CONTENT));
		return request;
	};

	private static final ClientHttpConnector CONNECTOR = (method, uri, callback) -> Mono
		.just(new org.springframework.mock.http.client.reactive.MockClientHttpResponse(204));

	@AutoClose
	private static final ScriptedServer server = ScriptedServer.h1();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ConnPoolAutoConfiguration.class, ConnPoolConnectorAutoConfiguration.class,
						ConnPoolWebClientAutoConfiguration.class, ConnPoolRequestFactoryAutoConfiguration.class,
						ConnPoolHttpServiceAutoConfiguration.class, HttpClientAutoConfiguration.class,
						ReactiveHttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
						WebClientAutoConfiguration.class, RestClientAutoConfiguration.class,
						RestTemplateAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
						ReactiveHttpServiceClientAutoConfiguration.class, HttpServiceClientAutoConfiguration.class))
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0", "conn-pool.base-url=" + server.url(),
				"conn-pool.clients.orders.base-url=" + server.url(),
				"spring.http.serviceclient.stock.base-url=" + server.url());

	@ParameterizedTest
	@ValueSource(strings = { "orders", "stock", "other" })
	void groupsOfRestClientStayMocked(String group) {
		Stream.of(MockServers.class, RequestFactory.class, RequestFactoryOfGroups.class, EarlyRequestFactory.class)
			.forEach((mock) -> this.contextRunner.withUserConfiguration(RestClientServices.class, mock)
				.run((context) -> isMocked(context, () -> call(context, group))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders", "stock", "other" })
	void groupsOfWebClientStayMocked(String group) {
		Stream
			.of(Connector.class, FirstConnector.class, ConnectorBean.class, ConnectorOfGroups.class,
					EarlyConnector.class, Exchanges.class)
			.forEach((mock) -> this.contextRunner.withUserConfiguration(WebClientServices.class, mock)
				.run((context) -> isMocked(context, () -> call(context, group))));
	}

	@ParameterizedTest
	@MethodSource("webClientMocks")
	void webClientBeansStayMocked(Class<?> mock) {
		this.contextRunner.withUserConfiguration(mock).run((context) -> isMocked(context, () -> {
			call(context.getBean("webClient", WebClient.class), "/");
			call(context.getBean("orders", WebClient.class), "/");
			call(context.getBean(ConnPoolClients.class).get("stock").webClient(), "/");
		}));
	}

	@ParameterizedTest
	@MethodSource("webClientMocks")
	void bootsWebClientBuilderStaysMocked(Class<?> mock) {
		this.contextRunner.withUserConfiguration(mock)
			.run((context) -> isMocked(context,
					() -> call(context.getBean(WebClient.Builder.class).build(), server.url())));
	}

	static Stream<Class<?>> webClientMocks() {
		return Stream.of(Connector.class, FirstConnector.class, ConnectorBean.class, Exchanges.class);
	}

	@Test
	void bootsRestClientBuilderStaysMocked() {
		Stream.of(MockServers.class, RequestFactory.class)
			.forEach((mock) -> this.contextRunner.withUserConfiguration(mock)
				.run((context) -> isMocked(context, () -> call(context.getBean(RestClient.Builder.class).build()))));
	}

	@Test
	void aBuilderThatATestBindsStaysMocked() {
		this.contextRunner.run((context) -> isMocked(context, () -> {
			RestClient.Builder restClient = context.getBean(RestClient.Builder.class);
			MockRestServiceServer.bindTo(restClient).build().expect(anything()).andRespond(withNoContent());
			call(restClient.build());
			WebClient.Builder webClient = context.getBean(WebClient.Builder.class);
			call(webClient.clientConnector(CONNECTOR).build(), server.url());
			call(context.getBean("orders", WebClient.class).mutate().clientConnector(CONNECTOR).build(), "/");
		}));
	}

	@Test
	void restTemplateStaysMocked() {
		this.contextRunner.withUserConfiguration(MockServers.class)
			.run((context) -> isMocked(context,
					() -> context.getBean(RestTemplateBuilder.class)
						.build()
						.exchange(server.url(), HttpMethod.GET, null, Void.class)));
	}

	@Test
	void whatIsNotMockedIsOnThePool() {
		this.contextRunner.withUserConfiguration(WebClientServices.class).run((context) -> {
			call(context, "orders");
			call(context.getBean("orders", WebClient.class), "/");
			assertThat(context.getBean(ConnPoolClients.class).get("orders")).host(server).acquired(2).opened(1);
			call(context, "stock");
			assertThat(context.getBean(ConnPoolClients.class).get("stock")).host(server).acquired(1);
		});
	}

	@Test
	void namedClientsStayOnThePoolWhenBootIsToldToUseAnotherConnector() {
		this.contextRunner.withPropertyValues("spring.http.clients.reactive.connector=jdk").run((context) -> {
			call(context.getBean("orders", WebClient.class), "/");
			assertThat(context.getBean(ConnPoolClients.class).get("orders")).host(server).acquired(1);
		});
	}

	private static void isMocked(ApplicationContext context, Runnable calls) {
		int before = server.connections().accepted();
		calls.run();
		assertThat(server).acceptedConnections(before);
		assertThat(context.getBean(ConnPoolClients.class))
			.allSatisfy((client) -> assertThat(client.snapshot().hosts()).isEmpty());
	}

	private static void call(ApplicationContext context, String group) {
		context.getBean(HttpServiceProxyRegistry.class).getClient(group, Service.class).get();
	}

	private static void call(WebClient webClient, String uri) {
		webClient.get().uri(uri).retrieve().toBodilessEntity().block();
	}

	private static void call(RestClient restClient) {
		restClient.get().uri(server.url()).retrieve().toBodilessEntity();
	}

	interface Service {

		@GetExchange("/")
		void get();

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Service.class, clientType = ClientType.REST_CLIENT)
	@ImportHttpServices(group = "stock", types = Service.class, clientType = ClientType.REST_CLIENT)
	@ImportHttpServices(group = "other", types = Service.class, clientType = ClientType.REST_CLIENT)
	static class RestClientServices {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Service.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "stock", types = Service.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "other", types = Service.class, clientType = ClientType.WEB_CLIENT)
	static class WebClientServices {

	}

	/**
	 * As those that Boot's test support adds.
	 */
	@Configuration(proxyBeanMethods = false)
	static class MockServers {

		@Bean
		RestClientCustomizer restClientMock() {
			return (builder) -> MockRestServiceServer.bindTo(builder)
				.build()
				.expect(manyTimes(), anything())
				.andRespond(withNoContent());
		}

		@Bean
		RestTemplateCustomizer restTemplateMock() {
			return (RestTemplate restTemplate) -> MockRestServiceServer.bindTo(restTemplate)
				.build()
				.expect(manyTimes(), anything())
				.andRespond(withNoContent());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RequestFactory {

		@Bean
		RestClientCustomizer requestFactory() {
			return (builder) -> builder.requestFactory(REQUEST_FACTORY);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RequestFactoryOfGroups {

		@Bean
		RestClientHttpServiceGroupConfigurer requestFactory() {
			return (groups) -> groups.forEachClient((group, builder) -> builder.requestFactory(REQUEST_FACTORY));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyRequestFactory {

		@Bean
		RestClientHttpServiceGroupConfigurer requestFactory() {
			return new RestClientHttpServiceGroupConfigurer() {

				@Override
				public int getOrder() {
					return Ordered.HIGHEST_PRECEDENCE + 20;
				}

				@Override
				public void configureGroups(Groups<RestClient.Builder> groups) {
					groups.forEachClient((group, builder) -> builder.requestFactory(REQUEST_FACTORY));
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Connector {

		@Bean
		WebClientCustomizer connector() {
			return (builder) -> builder.clientConnector(CONNECTOR);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FirstConnector {

		@Bean
		@Order(1)
		WebClientCustomizer connector() {
			return (builder) -> builder.clientConnector(CONNECTOR);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConnectorBean {

		@Bean
		ClientHttpConnector connector() {
			return CONNECTOR;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Exchanges {

		@Bean
		WebClientCustomizer exchanges() {
			return (builder) -> builder
				.exchangeFunction((request) -> Mono.just(ClientResponse.create(HttpStatus.NO_CONTENT).build()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConnectorOfGroups {

		@Bean
		WebClientHttpServiceGroupConfigurer connector() {
			return (groups) -> groups.forEachClient((group, builder) -> builder.clientConnector(CONNECTOR));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyConnector {

		@Bean
		WebClientHttpServiceGroupConfigurer connector() {
			return new WebClientHttpServiceGroupConfigurer() {

				@Override
				public int getOrder() {
					return 1;
				}

				@Override
				public void configureGroups(Groups<WebClient.Builder> groups) {
					groups.forEachClient((group, builder) -> builder.clientConnector(CONNECTOR));
				}

			};
		}

	}

}
