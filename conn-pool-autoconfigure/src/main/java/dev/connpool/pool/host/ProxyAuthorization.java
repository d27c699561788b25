package dev.connpool.pool.host;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import dev.connpool.settings.Proxy;

/**
 * What a proxy is told so that it lets a client in.
 */
public final class ProxyAuthorization {

	private ProxyAuthorization() {
	}

	/**
	 * Return the value of {@code Proxy-Authorization} (RFC 7617).
	 * @param credentials what to tell the proxy
	 * @return the value
	 */
	public static String basic(Proxy.Credentials credentials) {
		String pair = credentials.username() + ":" + credentials.password();
		return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
	}

}
