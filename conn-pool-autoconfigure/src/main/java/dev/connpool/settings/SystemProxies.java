package dev.connpool.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The proxies that system properties name. As in Reactor Netty, and so in Spring Boot, a
 * proxy for one of http and https serves the other too if that has none of its own.
 */
final class SystemProxies {

	private static final String HTTP = "http.proxyHost";

	private static final String HTTPS = "https.proxyHost";

	private static final String SOCKS = "socksProxyHost";

	private static final Pattern HOST = Pattern.compile("[^/?#@\\\\:\\s]+|\\[[^/?#@\\\\\\s]+]");

	private SystemProxies() {
	}

	static Proxies in(Properties properties) {
		Proxy http = proxy(properties, "http", 80);
		Proxy https = proxy(properties, "https", 443);
		if (http == null && https == null) {
			Proxy socks = socks(properties);
			return new Proxies(socks, socks, List.of(DirectHosts.LOOPBACK), List.of());
		}
		return new Proxies((http != null) ? http : https, (https != null) ? https : http, direct(properties),
				List.of());
	}

	private static @Nullable Proxy proxy(Properties properties, String scheme, int defaultPort) {
		String source = scheme.equals("http") ? HTTP : HTTPS;
		String host = properties.getProperty(source, "");
		return host.isBlank() ? null
				: new Proxy(Proxy.Type.HTTP, checked(source, host.strip()),
						port(properties, scheme + ".proxyPort", defaultPort),
						credentials(properties, scheme + ".proxyUser", scheme + ".proxyPassword"), source);
	}

	private static @Nullable Proxy socks(Properties properties) {
		String host = properties.getProperty(SOCKS, "");
		if (host.isBlank()) {
			return null;
		}
		String version = properties.getProperty("socksProxyVersion", "5");
		if (!version.equals("4") && !version.equals("5")) {
			throw new InvalidSettingException("socksProxyVersion", version, "must be '4' or '5'");
		}
		return new Proxy(version.equals("4") ? Proxy.Type.SOCKS4 : Proxy.Type.SOCKS5, checked(SOCKS, host.strip()),
				port(properties, "socksProxyPort", 1080),
				credentials(properties, "java.net.socks.username", "java.net.socks.password"), SOCKS);
	}

	private static String checked(String source, String host) {
		if (IpAddress.parse(host) == null && !HOST.matcher(host).matches()) {
			throw new InvalidSettingException(source, Shown.host(host),
					"must be the name or the address of a host, as in 'proxy.example.com'");
		}
		return host;
	}

	private static int port(Properties properties, String name, int defaultPort) {
		String port = properties.getProperty(name, String.valueOf(defaultPort)).strip();
		HostAndPort parsed = HostAndPort.parse(":" + port);
		if (parsed == null) {
			throw new InvalidSettingException(name, port, "must be a port from 1 to 65535");
		}
		return parsed.port();
	}

	private static Proxy.@Nullable Credentials credentials(Properties properties, String user, String password) {
		String username = properties.getProperty(user);
		return (username != null) ? new Proxy.Credentials(username, properties.getProperty(password, "")) : null;
	}

	private static List<DirectHosts> direct(Properties properties) {
		List<DirectHosts> direct = new ArrayList<>(List.of(DirectHosts.LOOPBACK));
		for (String entry : properties.getProperty("http.nonProxyHosts", "").split("\\|", -1)) {
			if (!entry.isBlank()) {
				direct.add(DirectHosts.ofPattern(entry));
			}
		}
		return direct;
	}

}
