package dev.connpool.autoconfigure.binding;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.HttpClientSettings;

/**
 * What Boot applies to a client.
 *
 * @param shared Boot's bean, with what it applies to every client
 * @param own the same with what is special to this client
 * @param connectTimeout the connect timeout that our settings have taken over, or
 * {@code null}
 */
public record BootSettings(HttpClientSettings shared, HttpClientSettings own, @Nullable Duration connectTimeout) {

	/**
	 * Return whether Boot passed its own settings on, and did not derive others from
	 * them.
	 * @param settings the settings that a builder was given
	 * @return whether they are these
	 */
	// Asking for the bundle of Boot's bean by name gives equal settings, but is meant.
	@SuppressWarnings("ReferenceEquality")
	public boolean contains(HttpClientSettings settings) {
		return settings == this.shared || settings == this.own;
	}

	/**
	 * Return what is left for Boot to apply.
	 * @param settings the settings that a builder was given
	 * @return the settings without TLS, which Boot would do without ALPN, and without the
	 * connect timeout if it is in our settings
	 */
	public HttpClientSettings withoutOurs(HttpClientSettings settings) {
		HttpClientSettings remaining = settings.withSslBundle(null);
		return Objects.equals(settings.connectTimeout(), this.connectTimeout) ? remaining.withConnectTimeout(null)
				: remaining;
	}

}
