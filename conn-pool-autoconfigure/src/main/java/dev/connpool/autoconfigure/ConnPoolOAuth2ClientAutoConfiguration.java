package dev.connpool.autoconfigure;

import java.util.Objects;

import dev.connpool.autoconfigure.binding.ConfiguredClients;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.oauth2.client.endpoint.JwtBearerGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.ReactiveOAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientJwtBearerTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientTokenExchangeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.TokenExchangeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveJwtBearerTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.WebClientReactiveTokenExchangeTokenResponseClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that has Spring Security fetch
 * tokens with a client. Spring Security looks for what fetches them by the type of the
 * grant, so there is a bean for each.
 */
@AutoConfiguration(after = { ConnPoolAutoConfiguration.class, ConnPoolRequestFactoryAutoConfiguration.class })
@ConditionalOnClass(OAuth2AccessTokenResponseClient.class)
@ConditionalOnProperty("conn-pool.oauth2.client")
@ConditionalOnBean(ClientDoors.class)
public final class ConnPoolOAuth2ClientAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@Conditional(NotReactiveWebApplicationCondition.class)
	static class TokenClients {

		@Bean
		TokenRestClient connPoolTokenRestClient(ConfiguredClients configured, ClientDoors doors,
				PooledConnectors connectors, ObjectProvider<PooledRequestFactories> requestFactories,
				ObjectProvider<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers,
				ListableBeanFactory beanFactory) {
			// There are none if Boot's RestClient.Builder is on another HTTP library.
			PooledRequestFactories factories = requestFactories.getIfAvailable(
					() -> PooledRequestFactories.of(doors, connectors, configured, customizers, beanFactory));
			return new TokenRestClient(factories.get(Objects.requireNonNull(configured.tokenClient())).build(null));
		}

		@Bean
		@ConditionalOnMissingBean
		OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> connPoolAuthorizationCodeTokenClient(
				TokenRestClient tokens) {
			return tokens.use(new RestClientAuthorizationCodeTokenResponseClient());
		}

		@Bean
		@ConditionalOnMissingBean
		OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> connPoolClientCredentialsTokenClient(
				TokenRestClient tokens) {
			return tokens.use(new RestClientClientCredentialsTokenResponseClient());
		}

		@Bean
		@ConditionalOnMissingBean
		OAuth2AccessTokenResponseClient<JwtBearerGrantRequest> connPoolJwtBearerTokenClient(TokenRestClient tokens) {
			return tokens.use(new RestClientJwtBearerTokenResponseClient());
		}

		@Bean
		@ConditionalOnMissingBean
		OAuth2AccessTokenResponseClient<OAuth2RefreshTokenGrantRequest> connPoolRefreshTokenTokenClient(
				TokenRestClient tokens) {
			return tokens.use(new RestClientRefreshTokenTokenResponseClient());
		}

		@Bean
		@ConditionalOnMissingBean
		OAuth2AccessTokenResponseClient<TokenExchangeGrantRequest> connPoolTokenExchangeTokenClient(
				TokenRestClient tokens) {
			return tokens.use(new RestClientTokenExchangeTokenResponseClient());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(NotServletWebApplicationCondition.class)
	static class ReactiveTokenClients {

		@Bean
		TokenWebClient connPoolTokenWebClient(ConfiguredClients configured, PooledConnectors connectors) {
			return new TokenWebClient(connectors.get(Objects.requireNonNull(configured.tokenClient())).build(null));
		}

		@Bean
		@ConditionalOnMissingBean
		ReactiveOAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> connPoolReactiveAuthorizationCodeTokenClient(
				TokenWebClient tokens) {
			return tokens.use(new WebClientReactiveAuthorizationCodeTokenResponseClient());
		}

		@Bean
		@ConditionalOnMissingBean
		ReactiveOAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> connPoolReactiveClientCredentialsTokenClient(
				TokenWebClient tokens) {
			return tokens.use(new WebClientReactiveClientCredentialsTokenResponseClient());
		}

		@Bean
		@ConditionalOnMissingBean
		ReactiveOAuth2AccessTokenResponseClient<JwtBearerGrantRequest> connPoolReactiveJwtBearerTokenClient(
				TokenWebClient tokens) {
			return tokens.use(new WebClientReactiveJwtBearerTokenResponseClient());
		}

		@Bean
		@ConditionalOnMissingBean
		ReactiveOAuth2AccessTokenResponseClient<OAuth2RefreshTokenGrantRequest> connPoolReactiveRefreshTokenTokenClient(
				TokenWebClient tokens) {
			return tokens.use(new WebClientReactiveRefreshTokenTokenResponseClient());
		}

		@Bean
		@ConditionalOnMissingBean
		ReactiveOAuth2AccessTokenResponseClient<TokenExchangeGrantRequest> connPoolReactiveTokenExchangeTokenClient(
				TokenWebClient tokens) {
			return tokens.use(new WebClientReactiveTokenExchangeTokenResponseClient());
		}

	}

}
