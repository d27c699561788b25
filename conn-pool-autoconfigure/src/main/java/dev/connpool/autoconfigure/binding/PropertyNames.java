package dev.connpool.autoconfigure.binding;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import dev.connpool.settings.Shown;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.Environment;

/**
 * Names of properties as they are written, which may hold a value where somebody has
 * mistaken the separator.
 */
final class PropertyNames {

	/** No digits, which are typical of secrets, but in the name that has one. */
	private static final Pattern WORDS = Pattern.compile("[a-zA-Z_-]{1,64}|(?i:oauth2)");

	private static final Pattern CHOSEN = Pattern.compile("[\\w-]{1,64}");

	private static final Pattern IN_BRACKETS = Pattern.compile("\\[[^\\]]*]");

	/** After these comes a name that users choose. */
	private static final Set<String> MAPS = Set.of("clients", "hosts", "serviceclient");

	private PropertyNames() {
	}

	/**
	 * Check that names have no characters that Spring Boot would leave out. What is left
	 * of {@code password:secret} could not be told from a name any more.
	 * @param environment the properties
	 * @param prefix what the names start with
	 */
	static void check(Environment environment, ConfigurationPropertyName prefix) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream()
					.filter(prefix::isAncestorOf)
					.map(source::getConfigurationProperty)
					.filter(Objects::nonNull)
					.map(ConfigurationProperty::getOrigin)
					.forEach(PropertyNames::check);
			}
		}
	}

	private static void check(@Nullable Origin origin) {
		if (origin instanceof PropertySourceOrigin written) {
			String name = written.getPropertyName();
			String plain = IN_BRACKETS.matcher(name).replaceAll("");
			if (!Shown.name(plain).isAllOf(plain)) {
				throw InvalidPropertyException.ofName(name);
			}
		}
	}

	/**
	 * Return what may be shown of a name.
	 * @param name the name
	 * @return its elements, but for what cannot be the name of a property
	 */
	static String shown(ConfigurationPropertyName name) {
		StringBuilder shown = new StringBuilder();
		String before = "";
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			String element = name.getElement(i, Form.ORIGINAL);
			if (name.isNumericIndex(i)) {
				shown.append('[').append(element).append(']');
			}
			else {
				shown.append(shown.isEmpty() ? "" : ".");
				if (!isName(element, before)) {
					return shown.append('…').toString();
				}
				shown.append(name.getElement(i, Form.DASHED));
			}
			before = element;
		}
		return shown.toString();
	}

	private static boolean isName(String element, String before) {
		return MAPS.contains(before) ? CHOSEN.matcher(element).matches()
				: WORDS.matcher(element).matches() || Shown.oneOf(element, List.of()).isAllOf(element);
	}

}
