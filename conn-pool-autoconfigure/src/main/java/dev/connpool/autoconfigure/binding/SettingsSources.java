package dev.connpool.autoconfigure.binding;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.InvalidSettingException;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/**
 * All places where the settings of one client may be written.
 *
 * @param environment where properties are looked up for error messages
 * @param sources the places, from the lowest precedence to the highest
 */
record SettingsSources(Environment environment, List<SettingsSource> sources) {

	/**
	 * Merge the places.
	 * @return the validated settings
	 */
	ClientSettings resolve() {
		ClientSettings settings = apply(SettingsSource::over, ClientSettings.DEFAULTS);
		return apply(SettingsSource::hostsOver, settings);
	}

	/**
	 * Return the name of the property that a setting comes from.
	 * @param setting the name of the setting, relative to its client
	 * @return the full property name, where it was set with the highest precedence
	 */
	String property(String setting) {
		return property(this.sources.size() - 1, setting);
	}

	private ClientSettings apply(Function<SettingsSource, UnaryOperator<ClientSettings>> step, ClientSettings base) {
		ClientSettings settings = base;
		for (int i = 0; i < this.sources.size(); i++) {
			try {
				settings = step.apply(this.sources.get(i)).apply(settings);
			}
			catch (InvalidSettingException ex) {
				throw new InvalidPropertyException(property(i, ex.setting()), ex.value(), ex.requirement(), ex);
			}
		}
		return settings;
	}

	private String property(int last, String setting) {
		// A setting may be refused because of one of higher precedence, and was then
		// written further down.
		for (int i = last; i >= 0; i--) {
			String property = this.sources.get(i).property(setting);
			if (isSet(property)) {
				return property;
			}
		}
		return this.sources.get(last).property(setting);
	}

	private boolean isSet(String property) {
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source.getConfigurationProperty(name) != null
					|| source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
				return true;
			}
		}
		return false;
	}

}
