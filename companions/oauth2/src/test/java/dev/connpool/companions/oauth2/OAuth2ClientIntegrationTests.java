package dev.connpool.companions.oauth2;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the client of Spring Security fetches its tokens.
 */
class OAuth2ClientIntegrationTests {

	private final List<String> userAgents = new CopyOnWriteArrayList<>();

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

	@Test
	void tokensAreFetchedOutsideThePoolIfNobodySaysOtherwise() {
		try (ConfigurableApplicationContext context = run(Application.class)) {
			authorize(context);
			assertThat(this.userAgents).singleElement().asString().startsWith("ReactorNetty");
			assertThat(context.getBean(ConnPoolClients.class))
				.allSatisfy((client) -> assertThat(client.snapshot().hosts()).isEmpty());
		}
	}

	@Test
	void aBeanPutsThemOnANamedClient() {
		try (ConfigurableApplicationContext context = run(Application.class, TokenClient.class)) {
			authorize(context);
			assertThat(this.userAgents).hasSize(1);
			assertThat(context.getBean(ConnPoolClients.class).get("tokens").snapshot().hosts().values()).singleElement()
				.satisfies((HostSnapshot host) -> assertThat(host.counters().acquired()).isOne());
		}
	}

	private ConfigurableApplicationContext run(Class<?>... configuration) {
		String registration = "spring.security.oauth2.client.registration.orders.";
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.SERVLET)
			.properties("server.port=0", "spring.reactor.netty.shutdown-quiet-period=0",
					"conn-pool.clients.tokens.timeouts.request=5s", registration + "provider=issuer",
					registration + "client-id=id", registration + "client-secret=secret",
					registration + "authorization-grant-type=client_credentials",
					"spring.security.oauth2.client.provider.issuer.token-uri=http://127.0.0.1:"
							+ this.server.getAddress().getPort() + "/token")
			.run();
	}

	private static void authorize(ConfigurableApplicationContext context) {
		OAuth2AuthorizeRequest request = OAuth2AuthorizeRequest.withClientRegistrationId("orders")
			.principal("test")
			.attribute("jakarta.servlet.http.HttpServletRequest", new MockHttpServletRequest())
			.attribute("jakarta.servlet.http.HttpServletResponse", new MockHttpServletResponse())
			.build();
		assertThat(context.getBean(OAuth2AuthorizedClientManager.class).authorize(request)).isNotNull()
			.extracting((client) -> client.getAccessToken().getTokenValue())
			.isEqualTo("t");
	}

	private void answer(HttpExchange exchange) throws IOException {
		this.userAgents.add(exchange.getRequestHeaders().getFirst("User-Agent"));
		exchange.getRequestBody().readAllBytes();
		byte[] body = "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":60}"
			.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "application/json");
		exchange.sendResponseHeaders(200, body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	/**
	 * The recipe of the documentation.
	 */
	@Configuration(proxyBeanMethods = false)
	static class TokenClient {

		@Bean
		OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> tokenClient(ConnPoolClients clients) {
			RestClientClientCredentialsTokenResponseClient tokenClient = new RestClientClientCredentialsTokenResponseClient();
			tokenClient.setRestClient(RestClient.builder()
				.requestFactory(new ReactorClientHttpRequestFactory(clients.get("tokens").httpClient()))
				.configureMessageConverters((converters) -> {
					converters.addCustomConverter(new FormHttpMessageConverter());
					converters.addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter());
				})
				.defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
				.build());
			return tokenClient;
		}

	}

}
