package dev.connpool.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.InvalidSettingException;
import dev.connpool.settings.Shown;
import org.jspecify.annotations.Nullable;

/**
 * The settings that are part of an {@link reactor.netty.http.client.HttpClient}, of which
 * applications may hold copies.
 */
final class FixedSettings {

	private FixedSettings() {
	}

	/**
	 * Check that none of them differs.
	 * @param before the settings that a client was created with
	 * @param after the settings that it shall follow
	 * @throws InvalidSettingException for the first that differs
	 */
	static void check(ClientSettings before, ClientSettings after) {
		Map<String, @Nullable Object> next = of(after);
		of(before).forEach((setting, value) -> {
			if (!Objects.equals(value, next.get(setting))) {
				throw new InvalidSettingException(setting, next.get(setting),
						"cannot be changed%s while the application runs; restart it".formatted(from(value)));
			}
		});
	}

	private static String from(@Nullable Object value) {
		Object shown = Shown.value(value);
		return (shown instanceof Shown part && !part.isText()) ? "" : " from '%s'".formatted(shown);
	}

	private static Map<String, @Nullable Object> of(ClientSettings settings) {
		Map<String, @Nullable Object> fixed = new LinkedHashMap<>();
		fixed.put("base-url", settings.baseUrl());
		fixed.put("transport", settings.transport());
		fixed.put("user-agent", settings.userAgent());
		fixed.put("pool.min-idle-connections", settings.pool().minIdleConnections());
		fixed.put("hosts.<alias>.pool.min-idle-connections", minimumOfHosts(settings));
		fixed.put("tcp.keep-alive", settings.tcp().keepAlive());
		fixed.put("tcp.keep-alive-idle", settings.tcp().keepAliveIdle());
		fixed.put("tcp.no-delay", settings.tcp().noDelay());
		fixed.put("dns.refresh-interval", settings.dns().refreshInterval());
		fixed.put("compression", settings.compression());
		fixed.put("max-response-header-size", settings.maxResponseHeaderSize());
		fixed.put("endpoint.history", settings.endpoint().history());
		fixed.put("endpoint.events", settings.endpoint().events());
		fixed.put("ssl.bundle", settings.sslBundle());
		return fixed;
	}

	private static Map<String, Integer> minimumOfHosts(ClientSettings settings) {
		Map<String, Integer> minimum = new TreeMap<>();
		settings.hosts().forEach((authority, host) -> {
			if (host.pool().minIdleConnections() != settings.pool().minIdleConnections()) {
				minimum.put(authority, host.pool().minIdleConnections());
			}
		});
		return minimum;
	}

}
