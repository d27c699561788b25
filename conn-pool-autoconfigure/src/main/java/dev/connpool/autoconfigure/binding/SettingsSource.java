package dev.connpool.autoconfigure.binding;

import java.util.Map;
import java.util.function.UnaryOperator;

import dev.connpool.settings.ClientSettings;

/**
 * One place where the settings of a client may be written.
 *
 * @param prefix what the names of its properties start with
 * @param names its own names for settings, by ours
 * @param over puts what is written there over other settings, but for the hosts
 * @param hostsOver puts the hosts that are written there over other settings
 */
record SettingsSource(String prefix, Map<String, String> names, UnaryOperator<ClientSettings> over,
		UnaryOperator<ClientSettings> hostsOver) {

	static SettingsSource of(String prefix, ClientProperties properties) {
		return new SettingsSource(prefix, Map.of(), properties::over, (base) -> properties.hostsOver(prefix, base));
	}

	static SettingsSource of(String prefix, BootProperties properties) {
		return new SettingsSource(prefix, BootProperties.NAMES, properties::over, UnaryOperator.identity());
	}

	/**
	 * Return the full name of the property for a setting.
	 * @param setting the name of the setting
	 * @return the property name
	 */
	String property(String setting) {
		return this.prefix + "." + this.names.getOrDefault(setting, setting);
	}

}
