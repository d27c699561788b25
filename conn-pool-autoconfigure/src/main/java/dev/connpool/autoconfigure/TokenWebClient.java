package dev.connpool.autoconfigure;

import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.security.oauth2.client.endpoint.AbstractOAuth2AuthorizationGrantRequest;
import org.springframework.security.oauth2.client.endpoint.AbstractWebClientReactiveOAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.ReactiveOAuth2AccessTokenResponseClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The {@link WebClient} that tokens are fetched with. It is the one that Spring Security
 * makes for itself, on other connections: no customizer, filter or base URL of the
 * application reaches it, so that a filter that asks for a token does not wait for
 * itself.
 */
final class TokenWebClient {

	private final WebClient webClient;

	TokenWebClient(ClientHttpConnector connector) {
		this.webClient = WebClient.builder().clientConnector(connector).build();
	}

	/**
	 * Have the tokens of one grant type fetched with this client.
	 * @param <T> the grant type
	 * @param tokenClient fetches the tokens
	 * @return the same
	 */
	<T extends AbstractOAuth2AuthorizationGrantRequest> ReactiveOAuth2AccessTokenResponseClient<T> use(
			AbstractWebClientReactiveOAuth2AccessTokenResponseClient<T> tokenClient) {
		tokenClient.setWebClient(this.webClient);
		return tokenClient;
	}

}
