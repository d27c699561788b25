package dev.connpool.autoconfigure;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.endpoint.AbstractOAuth2AuthorizationGrantRequest;
import org.springframework.security.oauth2.client.endpoint.AbstractRestClientOAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.web.client.RestClient;

/**
 * The {@link RestClient} that tokens are fetched with. It is the one that Spring Security
 * makes for itself, on other connections: no customizer, interceptor or base URL of the
 * application reaches it.
 */
final class TokenRestClient {

	private final RestClient restClient;

	TokenRestClient(ClientHttpRequestFactory requestFactory) {
		this.restClient = RestClient.builder()
			.requestFactory(requestFactory)
			.configureMessageConverters((converters) -> converters.addCustomConverter(new FormHttpMessageConverter())
				.addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
			.defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
			.build();
	}

	/**
	 * Have the tokens of one grant type fetched with this client.
	 * @param <T> the grant type
	 * @param tokenClient fetches the tokens
	 * @return the same
	 */
	<T extends AbstractOAuth2AuthorizationGrantRequest> OAuth2AccessTokenResponseClient<T> use(
			AbstractRestClientOAuth2AccessTokenResponseClient<T> tokenClient) {
		tokenClient.setRestClient(this.restClient);
		return tokenClient;
	}

}
