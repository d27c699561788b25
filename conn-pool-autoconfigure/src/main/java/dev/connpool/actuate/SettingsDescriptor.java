package dev.connpool.actuate;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.IdleTimeout;
import dev.connpool.settings.ProxySettings;
import dev.connpool.settings.Transport;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a client as they are shown: every component of their records under its
 * own name, in groups, durations as ISO-8601 texts. What is not set is left out.
 */
final class SettingsDescriptor {

	private SettingsDescriptor() {
	}

	static Map<String, Object> of(ClientSettings settings, Values values) {
		Map<String, Object> groups = components(settings);
		groups.remove("protocols");
		groups.computeIfPresent("baseUrl", (name, url) -> values.baseUrl(settings.baseUrl()));
		groups.put("proxy", proxy(settings.proxy()));
		return groups;
	}

	/**
	 * Return which settings are other than when nothing is configured.
	 * @param settings the settings
	 * @return their names, as paths of those that are shown; without hosts
	 */
	static List<String> changed(ClientSettings settings) {
		Map<String, Object> defaults = new LinkedHashMap<>();
		collect("", components(ClientSettings.DEFAULTS), defaults);
		Map<String, Object> chosen = new LinkedHashMap<>();
		collect("", components(settings), chosen);
		return chosen.entrySet()
			.stream()
			.filter((setting) -> !setting.getValue().equals(defaults.get(setting.getKey())))
			.map(Map.Entry::getKey)
			.filter((path) -> !path.startsWith("hosts") && !path.equals("protocols"))
			.toList();
	}

	private static void collect(String prefix, Map<?, ?> group, Map<String, Object> leaves) {
		group.forEach((name, value) -> {
			String path = prefix + name;
			if (value instanceof Map<?, ?> inner) {
				collect(path + ".", inner, leaves);
			}
			else {
				leaves.put(path, value);
			}
		});
	}

	private static Map<String, Object> proxy(ProxySettings settings) {
		Map<String, Object> shown = new LinkedHashMap<>();
		shown.put("mode", settings.mode().name().toLowerCase(Locale.ROOT));
		if (settings.shownUrl() != null) {
			shown.put("url", settings.shownUrl());
		}
		shown.put("noProxy", settings.noProxy());
		return shown;
	}

	private static Map<String, Object> components(Record settings) {
		Map<String, Object> components = new LinkedHashMap<>();
		for (RecordComponent component : settings.getClass().getRecordComponents()) {
			Object value = shown(value(settings, component));
			if (value != null) {
				components.put(component.getName(), value);
			}
		}
		return components;
	}

	private static @Nullable Object value(Record settings, RecordComponent component) {
		try {
			return component.getAccessor().invoke(settings);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static @Nullable Object shown(@Nullable Object value) {
		if (value instanceof Duration || value instanceof IdleTimeout) {
			return value.toString();
		}
		if (value instanceof Transport transport) {
			return transport.id();
		}
		if (value instanceof HostSettings host) {
			Map<String, Object> groups = components(host);
			groups.remove("properties");
			return groups;
		}
		if (value instanceof Record group) {
			return components(group);
		}
		if (value instanceof Map<?, ?> byName) {
			Map<String, Object> shown = new TreeMap<>();
			byName.forEach((name, entry) -> shown.put(name.toString(), shown(entry)));
			return shown;
		}
		return value;
	}

}
