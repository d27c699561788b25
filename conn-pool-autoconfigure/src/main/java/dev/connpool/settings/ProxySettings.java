package dev.connpool.settings;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * How a client finds the proxy for a host.
 *
 * @param mode where it looks
 * @param url the proxy of {@link Mode#EXPLICIT}, or {@code null}
 * @param noProxy hosts that are reached directly, whatever the mode, written as in
 * {@code NO_PROXY}
 * @param username the user name for any proxy, or {@code null} for the one in its URL
 * @param password the password that goes with it, or {@code null} for none
 */
public record ProxySettings(Mode mode, @Nullable String url, List<String> noProxy, @Nullable String username,
		@Nullable String password) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final ProxySettings DEFAULTS = new ProxySettings(Mode.ENVIRONMENT, null, List.of(), null, null);

	static final String URL = "proxy.url";

	static final String NO_PROXY = "proxy.no-proxy";

	public ProxySettings {
		noProxy = List.copyOf(noProxy);
		if (mode == Mode.EXPLICIT && url == null) {
			throw new InvalidSettingException(URL, null,
					"must be, as in '%s', when 'proxy.mode' is 'explicit'".formatted(Proxy.EXAMPLE));
		}
		if (url != null) {
			Proxy.parse(URL, url);
		}
		noProxy.forEach((entry) -> DirectHosts.parse(NO_PROXY, entry));
		if (password != null && username == null) {
			throw new InvalidSettingException("proxy.username", null, "must be, as 'proxy.password' is");
		}
	}

	/**
	 * Return the proxy of {@link Mode#EXPLICIT} as it may be shown.
	 * @return its URL without user name and password, or {@code null} if there is none
	 */
	public @Nullable String shownUrl() {
		return (this.url != null) ? Proxy.parse(URL, this.url).toString() : null;
	}

	@Override
	public String toString() {
		return "ProxySettings[mode=%s, url=%s, noProxy=%s]".formatted(this.mode, shownUrl(), this.noProxy);
	}

	/**
	 * Where proxies are looked for.
	 */
	public enum Mode {

		/**
		 * In {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY}
		 * ({@code ProxyFromEnvironment} in Go); if neither of the first two is set, as
		 * with {@link #SYSTEM}.
		 */
		ENVIRONMENT,

		/**
		 * In the JVM's system properties, such as {@code https.proxyHost}.
		 */
		SYSTEM,

		/**
		 * Nowhere: every host is reached directly.
		 */
		NONE,

		/**
		 * In {@code proxy.url}.
		 */
		EXPLICIT

	}

}
