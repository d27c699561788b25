package dev.connpool.autoconfigure.binding;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.InvalidSettingException;
import dev.connpool.settings.Shown;
import dev.connpool.settings.TimeoutSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientsProperties;
import org.springframework.util.StringUtils;

/**
 * What Spring Boot's own properties say about a client.
 *
 * @param properties the bound properties
 */
record BootProperties(HttpClientSettingsProperties properties) {

	private static final Pattern WEB = Pattern.compile("https?:", Pattern.CASE_INSENSITIVE);

	/**
	 * Boot's names for our settings.
	 */
	static final Map<String, String> NAMES = Map.of("timeouts.connect", "connect-timeout", "timeouts.response-header",
			"read-timeout");

	/**
	 * Merge what has a setting of ours.
	 * @param base the settings to fall back on
	 * @return the merged settings
	 */
	ClientSettings over(ClientSettings base) {
		return base.with((client) -> client.baseUrl(baseUrl(base.baseUrl()))
			.timeouts(timeouts(base.timeouts()))
			.sslBundle(sslBundle(base.sslBundle())));
	}

	private TimeoutSettings timeouts(TimeoutSettings base) {
		return base.with((timeouts) -> timeouts.connect(Absent.or(this.properties.getConnectTimeout(), base.connect()))
			.responseHeader(Absent.or(this.properties.getReadTimeout(), base.responseHeader())));
	}

	/**
	 * Merge what Boot applies itself.
	 * @param base the settings to fall back on
	 * @return the merged settings
	 */
	HttpClientSettings over(HttpClientSettings base) {
		return HttpClientSettings.defaults()
			.withRedirects(this.properties.getRedirects())
			.withReadTimeout(this.properties.getReadTimeout())
			.withCookieHandling(this.properties.getCookieHandling())
			.orElse(base);
	}

	/**
	 * Check that nothing differs of what Boot applies itself.
	 * @param started the properties that the application started with
	 * @param prefix what the names of the properties start with
	 */
	void checkFixed(BootProperties started, String prefix) {
		check(prefix + ".redirects", started.properties.getRedirects(), this.properties.getRedirects());
		check(prefix + ".read-timeout", started.properties.getReadTimeout(), this.properties.getReadTimeout());
		check(prefix + ".cookie-handling", started.properties.getCookieHandling(), this.properties.getCookieHandling());
	}

	private static void check(String property, @Nullable Object before, @Nullable Object after) {
		if (!Objects.equals(before, after)) {
			throw ConfiguredClients.fixed(property, after, "cannot be changed");
		}
	}

	private @Nullable URI baseUrl(@Nullable URI base) {
		String url = (this.properties instanceof HttpClientProperties client) ? client.getBaseUrl() : null;
		return StringUtils.hasText(url) ? parse(url) : base;
	}

	private @Nullable String sslBundle(@Nullable String base) {
		String bundle = this.properties.getSsl().getBundle();
		return StringUtils.hasText(bundle) ? bundle : base;
	}

	/**
	 * Parse a URL that we can use. Boot takes others, such as {@code lb://orders} or URI
	 * templates, and then applies them itself, unless it would tell a secret in doing so.
	 */
	private static @Nullable URI parse(String url) {
		if (!WEB.matcher(url).lookingAt()) {
			return null;
		}
		URI uri = uri(url);
		if (uri != null && uri.getHost() != null) {
			return uri;
		}
		if (url.indexOf('{') < 0 && !Shown.url(url).isAllOf(url)) {
			throw new InvalidSettingException("base-url", Shown.url(url),
					"must be a URL, as in 'https://orders.example.com'");
		}
		return null;
	}

	private static @Nullable URI uri(String url) {
		try {
			return new URI(url);
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

	/**
	 * Lets a native image bind these properties, whether or not Boot binds them as well.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			BindableRuntimeHintsRegistrar.forTypes(HttpClientsProperties.class, HttpClientProperties.class)
				.registerHints(hints, classLoader);
		}

	}

}
