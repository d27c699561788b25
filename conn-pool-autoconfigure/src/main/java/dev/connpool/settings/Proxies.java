package dev.connpool.settings;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import org.jspecify.annotations.Nullable;

/**
 * The proxy for each host, found once: what is changed in the environment later has no
 * effect.
 */
public final class Proxies {

	private final @Nullable Proxy http;

	private final @Nullable Proxy https;

	private final List<DirectHosts> direct;

	private final List<String> ignored;

	Proxies(@Nullable Proxy http, @Nullable Proxy https, List<DirectHosts> direct, List<String> ignored) {
		this.http = http;
		this.https = https;
		this.direct = List.copyOf(direct);
		this.ignored = List.copyOf(ignored);
	}

	/**
	 * Find proxies in the environment of this process, if they are to be looked for
	 * there.
	 * @param settings where to look
	 * @return the proxies
	 * @throws InvalidSettingException if one cannot be used; it names the environment
	 * variable or system property
	 */
	public static Proxies of(ProxySettings settings) {
		return of(settings, System.getenv(), System.getProperties());
	}

	/**
	 * Find proxies.
	 * @param settings where to look
	 * @param variables the environment variables
	 * @param properties the system properties
	 * @return the proxies
	 * @throws InvalidSettingException if one cannot be used; it names the environment
	 * variable or system property
	 */
	static Proxies of(ProxySettings settings, Map<String, String> variables, Properties properties) {
		return switch (settings.mode()) {
			case ENVIRONMENT -> {
				Proxies found = EnvironmentProxies.in(variables);
				yield (found.isEmpty() ? SystemProxies.in(properties) : found).with(settings);
			}
			case SYSTEM -> SystemProxies.in(properties).with(settings);
			case EXPLICIT -> explicit(settings).with(settings);
			case NONE -> new Proxies(null, null, List.of(), List.of());
		};
	}

	private static Proxies explicit(ProxySettings settings) {
		String url = settings.url();
		Proxy proxy = (url != null) ? Proxy.parse(ProxySettings.URL, url) : null;
		return new Proxies(proxy, proxy, List.of(), List.of());
	}

	private Proxies with(ProxySettings settings) {
		List<DirectHosts> all = new ArrayList<>(this.direct);
		settings.noProxy().forEach((entry) -> all.add(DirectHosts.parse(ProxySettings.NO_PROXY, entry)));
		return new Proxies(with(this.http, settings), with(this.https, settings), all, this.ignored);
	}

	private static @Nullable Proxy with(@Nullable Proxy proxy, ProxySettings settings) {
		String username = settings.username();
		String password = settings.password();
		return (proxy != null && username != null)
				? proxy.with(new Proxy.Credentials(username, (password != null) ? password : "")) : proxy;
	}

	private boolean isEmpty() {
		return this.http == null && this.https == null;
	}

	/**
	 * Return the proxy for a host.
	 * @param secure whether TLS is used
	 * @param host the name or address
	 * @param port the port
	 * @return the proxy, or {@code null} if the host is reached directly
	 */
	public @Nullable Proxy forHost(boolean secure, String host, int port) {
		Proxy proxy = secure ? this.https : this.http;
		if (proxy == null) {
			return null;
		}
		String name = DirectHosts.ascii(host);
		InetAddress address = IpAddress.parse(name);
		return this.direct.stream().anyMatch((hosts) -> hosts.contain(name, port, address)) ? null : proxy;
	}

	/**
	 * Return what is written in {@code NO_PROXY} but has no meaning. Other programs use
	 * that variable too, so that it is no error.
	 * @return a sentence for each entry
	 */
	public List<String> ignored() {
		return this.ignored;
	}

}
