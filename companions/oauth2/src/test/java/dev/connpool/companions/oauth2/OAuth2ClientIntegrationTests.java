package dev.connpool.companions.oauth2;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.oauth2.client.ClientAuthorizationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.ReactiveOAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.ReactiveOAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ReactiveClientRegistrationRepository;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AccessToken.TokenType;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.server.ServerWebExchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Where the client of Spring Security fetches its tokens.
 */
class OAuth2ClientIntegrationTests {

	private static final String PROPERTY = "conn-pool.oauth2.client=tokens";

	private final List<String> userAgents = new CopyOnWriteArrayList<>();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private int status = 200;

	private HttpServer server;

	@BeforeEach
	void startServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/token", this::answer);
		this.server.start();
	}

	@AfterEach
	void stopServer() {
		this.server.stop(0);
	}

	@ParameterizedTest
	@EnumSource(names = { "REACTIVE", "SERVLET" })
	void tokensAreFetchedOutsideThePoolIfNobodySaysOtherwise(WebApplicationType type) {
		try (ConfigurableApplicationContext context = run(type)) {
			assertThat(token(context)).isEqualTo("t");
			assertThat(this.userAgents).singleElement().asString().startsWith("ReactorNetty");
			assertThat(context.getBean(ConnPoolClients.class))
				.allSatisfy((client) -> assertThat(client.snapshot().hosts()).isEmpty());
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REACTIVE", "SERVLET" })
	void aPropertyPutsThemOnANamedClient(WebApplicationType type) {
		try (ConfigurableApplicationContext context = run(type, PROPERTY)) {
			assertThat(token(context)).isEqualTo("t");
			assertThat(this.requests).singleElement().asString().contains("grant_type=client_credentials");
			assertUses(context, "tokens", 1);
			assertThat(context.getBean(ConnPoolClients.class).get("default").snapshot().hosts()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REACTIVE", "SERVLET" })
	void tokensAreRefreshedThereToo(WebApplicationType type) {
		try (ConfigurableApplicationContext context = run(type, PROPERTY)) {
			assertThat(refreshed(context)).isEqualTo("t");
			assertThat(this.requests).singleElement().asString().contains("grant_type=refresh_token");
			assertUses(context, "tokens", 1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REACTIVE", "SERVLET" })
	void anyClientWillDo(WebApplicationType type) {
		try (ConfigurableApplicationContext context = run(type, "conn-pool.oauth2.client=default",
				"conn-pool.base-url=http://127.0.0.1:1/v1")) {
			assertThat(token(context)).isEqualTo("t");
			assertUses(context, "default", 1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REACTIVE", "SERVLET" })
	void filtersThatAskForATokenDoNotReachTokenRequests(WebApplicationType type) {
		try (ConfigurableApplicationContext context = run(type, List.of(Filters.class), PROPERTY)) {
			assertThat(token(context)).isEqualTo("t");
			assertUses(context, "tokens", 1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REACTIVE", "SERVLET" })
	void aBeanGoesBeforeTheProperty(WebApplicationType type) {
		try (ConfigurableApplicationContext context = run(type,
				List.of((type == WebApplicationType.SERVLET) ? TokenClient.class : ReactiveTokenClient.class),
				"conn-pool.oauth2.client=default")) {
			assertThat(token(context)).isEqualTo("t");
			assertUses(context, "tokens", 1);
			assertThat(refreshed(context)).isEqualTo("t");
			assertUses(context, "default", 1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REACTIVE", "SERVLET" })
	void whatTheIssuerRefusesIsAnErrorOfSpringSecurity(WebApplicationType type) {
		this.status = 400;
		try (ConfigurableApplicationContext context = run(type, PROPERTY)) {
			assertThatExceptionOfType(ClientAuthorizationException.class).isThrownBy(() -> token(context))
				.satisfies((ex) -> assertThat(ex.getError().getErrorCode()).isEqualTo("invalid_client"));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "REACTIVE", "SERVLET" })
	void deadlinesOfTheClientHold(WebApplicationType type) {
		this.server.removeContext("/token");
		this.server.createContext("/token", (exchange) -> {
		});
		try (ConfigurableApplicationContext context = run(type, PROPERTY)) {
			assertThatExceptionOfType((type == WebApplicationType.SERVLET) ? ClientAuthorizationException.class
					: WebClientRequestException.class)
				.isThrownBy(() -> token(context))
				.havingRootCause()
				.isInstanceOf(ResponseHeaderTimeoutException.class)
				.withMessageContaining("conn-pool.clients.tokens.timeouts.response-header");
		}
	}

	private ConfigurableApplicationContext run(WebApplicationType type, String... properties) {
		return run(type, List.of(), properties);
	}

	private ConfigurableApplicationContext run(WebApplicationType type, List<Class<?>> configuration,
			String... properties) {
		String registration = "spring.security.oauth2.client.registration.orders.";
		return new SpringApplicationBuilder(Application.class).sources(configuration.toArray(Class<?>[]::new))
			.web(type)
			.properties(properties)
			.properties("server.port=0", "spring.reactor.netty.shutdown-quiet-period=0",
					"conn-pool.clients.tokens.timeouts.response-header=1s", registration + "provider=issuer",
					registration + "client-id=id", registration + "client-secret=secret",
					registration + "authorization-grant-type=client_credentials",
					"spring.security.oauth2.client.provider.issuer.token-uri=http://127.0.0.1:"
							+ this.server.getAddress().getPort() + "/token")
			.run();
	}

	private static void assertUses(ConfigurableApplicationContext context, String client, int requests) {
		assertThat(context.getBean(ConnPoolClients.class).get(client).snapshot().hosts().values()).singleElement()
			.satisfies((HostSnapshot host) -> assertThat(host.counters().acquired()).isEqualTo(requests));
	}

	private static String token(ConfigurableApplicationContext context) {
		return token(context, OAuth2AuthorizeRequest.withClientRegistrationId("orders").principal("test"));
	}

	private static String refreshed(ConfigurableApplicationContext context) {
		Instant expired = Instant.now().minusSeconds(60);
		return token(context,
				OAuth2AuthorizeRequest
					.withAuthorizedClient(new OAuth2AuthorizedClient(registration(context), "test",
							new OAuth2AccessToken(TokenType.BEARER, "old", expired.minusSeconds(60), expired),
							new OAuth2RefreshToken("refresh", null)))
					.principal("test"));
	}

	private static ClientRegistration registration(ConfigurableApplicationContext context) {
		ClientRegistrationRepository blocking = context.getBeanProvider(ClientRegistrationRepository.class)
			.getIfAvailable();
		return (blocking != null) ? blocking.findByRegistrationId("orders")
				: context.getBean(ReactiveClientRegistrationRepository.class).findByRegistrationId("orders").block();
	}

	private static String token(ConfigurableApplicationContext context, OAuth2AuthorizeRequest.Builder request) {
		OAuth2AuthorizedClient client;
		if (context.getBeanProvider(OAuth2AuthorizedClientManager.class).getIfAvailable() != null) {
			client = context.getBean(OAuth2AuthorizedClientManager.class)
				.authorize(request.attribute("jakarta.servlet.http.HttpServletRequest", new MockHttpServletRequest())
					.attribute("jakarta.servlet.http.HttpServletResponse", new MockHttpServletResponse())
					.build());
		}
		else {
			ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/"));
			client = context.getBean(ReactiveOAuth2AuthorizedClientManager.class)
				.authorize(request.attribute(ServerWebExchange.class.getName(), exchange).build())
				.block(Duration.ofSeconds(20));
		}
		return Objects.requireNonNull(client).getAccessToken().getTokenValue();
	}

	private void answer(HttpExchange exchange) throws IOException {
		this.userAgents.add(exchange.getRequestHeaders().getFirst("User-Agent"));
		this.requests.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
		String json = (this.status == 200) ? "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":60}"
				: "{\"error\":\"invalid_client\"}";
		byte[] body = json.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "application/json");
		exchange.sendResponseHeaders(this.status, body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	/**
	 * What is to hold for the requests of the application, which need a token.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Filters {

		@Bean
		WebClientCustomizer webClientFilter() {
			return (builder) -> builder.filter((request, next) -> Mono.error(new IllegalStateException("waits")));
		}

		@Bean
		RestClientCustomizer restClientInterceptor() {
			return (builder) -> builder.requestInterceptor((request, body, execution) -> {
				throw new IllegalStateException("waits");
			});
		}

	}

	/**
	 * The recipe of the documentation for servlet applications.
	 */
	@Configuration(proxyBeanMethods = false)
	static class TokenClient {

		@Bean
		OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> tokenClient(ConnPoolClients clients) {
			var tokenClient = new WebClientReactiveClientCredentialsTokenResponseClient();
			tokenClient.setWebClient(clients.get("tokens").webClient());
			return (request) -> tokenClient.getTokenResponse(request).block();
		}

	}

	/**
	 * The recipe of the documentation for reactive applications.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ReactiveTokenClient {

		@Bean
		ReactiveOAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> tokenClient(
				ConnPoolClients clients) {
			var tokenClient = new WebClientReactiveClientCredentialsTokenResponseClient();
			tokenClient.setWebClient(clients.get("tokens").webClient());
			return tokenClient;
		}

	}

}
