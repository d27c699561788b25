package dev.connpool.autoconfigure;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.security.oauth2.client.endpoint.JwtBearerGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.ReactiveOAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.TokenExchangeGrantRequest;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnPoolOAuth2ClientAutoConfiguration}.
 */
class ConnPoolOAuth2ClientAutoConfigurationTests {

	private static final Class<?>[] GRANTS = { OAuth2AuthorizationCodeGrantRequest.class,
			OAuth2ClientCredentialsGrantRequest.class, JwtBearerGrantRequest.class,
			OAuth2RefreshTokenGrantRequest.class, TokenExchangeGrantRequest.class };

	private static final String[] PROPERTIES = { "conn-pool.oauth2.client=tokens",
			"conn-pool.clients.tokens.timeouts.request=3s" };

	private final ApplicationContextRunner contextRunner = configured(new ApplicationContextRunner());

	private final WebApplicationContextRunner servlet = configured(new WebApplicationContextRunner());

	private final ReactiveWebApplicationContextRunner reactive = configured(new ReactiveWebApplicationContextRunner());

	@Test
	void springSecurityKeepsItsOwnClientsIfNothingIsSaid() {
		this.servlet.withPropertyValues("conn-pool.clients.tokens.timeouts.request=3s")
			.run((context) -> assertTokenClients(context, 0, 0));
	}

	@Test
	void servletApplicationsHaveAClientForEachGrant() {
		this.servlet.withPropertyValues(PROPERTIES).run((context) -> {
			assertTokenClients(context, 5, 0);
			assertThat(context).doesNotHaveBean(RestClient.class);
		});
	}

	@Test
	void reactiveApplicationsHaveAClientForEachGrant() {
		this.reactive.withPropertyValues(PROPERTIES).run((context) -> {
			assertTokenClients(context, 0, 5);
			assertThat(context).getBeans(WebClient.class).containsOnlyKeys("webClient", "tokens");
		});
	}

	@Test
	void otherApplicationsHaveBoth() {
		this.contextRunner.withPropertyValues(PROPERTIES).run((context) -> assertTokenClients(context, 5, 5));
	}

	@Test
	void applicationsMayHaveAnotherHttpLibraryForTheirOwnClients() {
		this.servlet.withPropertyValues(PROPERTIES)
			.withPropertyValues("spring.http.clients.imperative.factory=jdk",
					"spring.http.clients.reactive.connector=jdk")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(PooledRequestFactories.class);
				assertTokenClients(context, 5, 0);
			});
	}

	@Test
	void aTokenClientOfTheApplicationTakesThePlaceOfTheOneForItsGrant() {
		this.contextRunner.withPropertyValues(PROPERTIES).withUserConfiguration(Own.class).run((context) -> {
			assertTokenClients(context, 5, 5);
			assertThat(tokenClients(context, OAuth2AccessTokenResponseClient.class,
					OAuth2ClientCredentialsGrantRequest.class))
				.containsOnlyKeys("own");
			assertThat(tokenClients(context, ReactiveOAuth2AccessTokenResponseClient.class,
					OAuth2RefreshTokenGrantRequest.class))
				.containsOnlyKeys("reactiveOwn");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "token", "Tokens" })
	void aClientThatDoesNotExistStopsTheStart(String name) {
		this.servlet
			.withPropertyValues("conn-pool.clients.tokens.timeouts.request=3s", "conn-pool.oauth2.client=" + name)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessage("Property 'conn-pool.oauth2.client' is '%s' but must be the name of a client,"
						+ " one of [default, tokens]; others are configured under 'conn-pool.clients'", name));
	}

	@Test
	void anApplicationWithoutSpringSecuritySaysWhatIsMissing() {
		this.servlet.withPropertyValues(PROPERTIES)
			.withClassLoader(new FilteredClassLoader(OAuth2AccessTokenResponseClient.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessage(
						"Property 'conn-pool.oauth2.client' is 'tokens' but must not be set without Spring Security's"
								+ " OAuth2 client: add 'spring-boot-starter-security-oauth2-client', or remove the property"));
	}

	@Test
	void anApplicationWithoutSpringSecurityStartsWithoutTheProperty() {
		this.servlet.withClassLoader(new FilteredClassLoader("org.springframework.security"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void nothingHappensIfConnPoolIsDisabled() {
		this.servlet.withPropertyValues(PROPERTIES)
			.withPropertyValues("conn-pool.enabled=false")
			.run((context) -> assertTokenClients(context, 0, 0));
	}

	private static <T extends AbstractApplicationContextRunner<T, ?, ?>> T configured(T runner) {
		return runner
			.withConfiguration(AutoConfigurations.of(ConnPoolAutoConfiguration.class,
					ConnPoolConnectorAutoConfiguration.class, ConnPoolWebClientAutoConfiguration.class,
					ConnPoolRequestFactoryAutoConfiguration.class, ConnPoolOAuth2ClientAutoConfiguration.class,
					HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
					ImperativeHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class))
			.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0");
	}

	private static void assertTokenClients(ApplicationContext context, int blocking, int reactive) {
		assertThat(Stream.of(GRANTS).flatMap((grant) -> names(context, OAuth2AccessTokenResponseClient.class, grant)))
			.hasSize(blocking);
		assertThat(Stream.of(GRANTS)
			.flatMap((grant) -> names(context, ReactiveOAuth2AccessTokenResponseClient.class, grant)))
			.hasSize(reactive);
	}

	private static Stream<String> names(ApplicationContext context, Class<?> type, Class<?> grant) {
		return tokenClients(context, type, grant).keySet().stream();
	}

	private static Map<String, Object> tokenClients(ApplicationContext context, Class<?> type, Class<?> grant) {
		ResolvableType tokenClient = ResolvableType.forClassWithGenerics(type, grant);
		return Stream.of(context.getBeanNamesForType(tokenClient))
			.collect(Collectors.toMap((name) -> name, context::getBean));
	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> own() {
			return (request) -> {
				throw new UnsupportedOperationException();
			};
		}

		@Bean
		ReactiveOAuth2AccessTokenResponseClient<OAuth2RefreshTokenGrantRequest> reactiveOwn() {
			return (request) -> {
				throw new UnsupportedOperationException();
			};
		}

	}

}
