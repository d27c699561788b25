package dev.connpool.actuate;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import dev.connpool.settings.ClientSettings;
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
		return groups;
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
		if (value instanceof Record group) {
			return components(group);
		}
		if (value instanceof Map<?, ?> byName) {
			Map<String, Object> shown = new TreeMap<>();
			byName.forEach((name, entry) -> shown.put(name.toString(), shown(entry)));
			return shown;
		}
		return (value instanceof Duration) ? value.toString() : value;
	}

}
