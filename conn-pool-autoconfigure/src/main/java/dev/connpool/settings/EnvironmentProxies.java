package dev.connpool.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The proxies that environment variables name ({@code ProxyFromEnvironment} in Go).
 */
final class EnvironmentProxies {

	private EnvironmentProxies() {
	}

	static Proxies in(Map<String, String> variables) {
		List<DirectHosts> direct = new ArrayList<>(List.of(DirectHosts.LOOPBACK));
		List<String> ignored = new ArrayList<>();
		String noProxy = name(variables, "NO_PROXY");
		if (noProxy != null) {
			readNoProxy(noProxy, variables.getOrDefault(noProxy, ""), direct, ignored);
		}
		// In a CGI script it is the Proxy header of whoever sent the request.
		boolean cgi = !variables.getOrDefault("REQUEST_METHOD", "").isEmpty();
		return new Proxies(cgi ? null : proxy(variables, "HTTP_PROXY"), proxy(variables, "HTTPS_PROXY"), direct,
				ignored);
	}

	private static @Nullable Proxy proxy(Map<String, String> variables, String variable) {
		String name = name(variables, variable);
		return (name != null) ? Proxy.parse(name, variables.getOrDefault(name, "")) : null;
	}

	private static @Nullable String name(Map<String, String> variables, String variable) {
		return List.of(variable, variable.toLowerCase(Locale.ROOT))
			.stream()
			.filter((name) -> !variables.getOrDefault(name, "").isBlank())
			.findFirst()
			.orElse(null);
	}

	private static void readNoProxy(String name, String value, List<DirectHosts> direct, List<String> ignored) {
		for (String entry : value.strip().split("[,\\s]+", -1)) {
			try {
				if (!entry.isEmpty()) {
					direct.add(DirectHosts.parse(name, entry));
				}
			}
			catch (InvalidSettingException ex) {
				ignored.add(ex.getMessage());
			}
		}
	}

}
