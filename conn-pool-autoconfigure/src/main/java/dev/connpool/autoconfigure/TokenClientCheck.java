package dev.connpool.autoconfigure;

import dev.connpool.autoconfigure.binding.ConfiguredClients;

import org.springframework.util.ClassUtils;

/**
 * Checks that there is somebody to fetch tokens if they are to be fetched with a client.
 * Spring Security is known by the name of a class here, since it may not be there.
 */
final class TokenClientCheck {

	private static final String REQUIRED = "org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient";

	TokenClientCheck(ConfiguredClients configured) {
		if (configured.tokenClient() != null && !ClassUtils.isPresent(REQUIRED, ClassUtils.getDefaultClassLoader())) {
			throw configured.invalidTokenClient("must not be set without Spring Security's OAuth2 client: add"
					+ " 'spring-boot-starter-security-oauth2-client', or remove the property");
		}
	}

}
