package dev.connpool.autoconfigure.binding;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.connpool.settings.InvalidSettingException;
import dev.connpool.settings.Shown;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Thrown when a property has a value that cannot be honoured.
 */
public final class InvalidPropertyException extends RuntimeException {

	/** Somebody wrote a value where the name was to end. */
	private static final Pattern NAME_WITH_VALUE = Pattern.compile("\\.(password|username|base-?url|url)[^.].*$");

	private final String property;

	/**
	 * Create an exception for one property.
	 * @param property the full name of the property
	 * @param value the value that was refused, of which no more than {@link Shown} allows
	 * gets into the message, or {@code null} if there is none
	 * @param requirement what the value has to be, starting with a verb, and how to get
	 * what was probably meant
	 * @param cause the cause, or {@code null}
	 */
	public InvalidPropertyException(String property, @Nullable Object value, String requirement,
			@Nullable Throwable cause) {
		this("Property", property, value, requirement, cause);
	}

	private InvalidPropertyException(String message, String property) {
		super(message);
		this.property = property;
	}

	private InvalidPropertyException(String kind, String property, @Nullable Object value, String requirement,
			@Nullable Throwable cause) {
		super("%s '%s' %s but %s".formatted(kind, Shown.name(property), Shown.clause(value), requirement), cause);
		this.property = Shown.name(property).toString();
	}

	/**
	 * Create an exception for what the environment says about proxies.
	 * @param cause names the environment variable or system property
	 * @param mode the property to set if that is not meant for this application
	 * @return a new exception
	 */
	static InvalidPropertyException ofEnvironment(InvalidSettingException cause, String mode) {
		String kind = (cause.setting().indexOf('.') < 0 && !cause.setting().startsWith("socks"))
				? "Environment variable" : "System property";
		return new InvalidPropertyException(kind, cause.setting(), cause.value(),
				"%s; to reach all hosts directly set '%s' to 'none'".formatted(cause.requirement(), mode), cause);
	}

	/**
	 * Create an exception for properties that do not exist.
	 * @param cause the properties
	 * @return an exception for the first of them that mentions the others, and none of
	 * their values
	 */
	static InvalidPropertyException unknown(UnboundConfigurationPropertiesException cause) {
		String first = name(cause.getUnboundProperties().iterator().next());
		String others = cause.getUnboundProperties()
			.stream()
			.skip(1)
			.map((property) -> ", nor '%s'".formatted(name(property)))
			.collect(Collectors.joining());
		return new InvalidPropertyException(
				"Property '%s' is set but there is no property of that name%s".formatted(first, others), first);
	}

	/**
	 * Create an exception for a name that no property can have.
	 * @param name the name, of which no more than {@link Shown} allows gets into the
	 * message
	 * @return a new exception
	 */
	static InvalidPropertyException ofName(String name) {
		String shown = Shown.name(name).toString();
		return new InvalidPropertyException(
				"Property '%s' is set but the name of a property consists of letters, digits, '-' and '.'; write ': ' or '='"
					.formatted(shown) + " before its value, and other names of hosts and clients in brackets",
				shown);
	}

	/**
	 * Create an exception for a property that has another name now.
	 * @param written the name as the property source has it
	 * @param old the name that it stands for
	 * @param replacement its name now
	 * @return a new exception, without the value
	 */
	static InvalidPropertyException renamed(String written, String old, String replacement) {
		return new InvalidPropertyException(
				"Property '%s' is set but has another name now: set '%s' instead".formatted(old, replacement), written);
	}

	private static String name(ConfigurationProperty property) {
		return NAME_WITH_VALUE.matcher(PropertyNames.shown(property.getName())).replaceFirst(".$1…");
	}

	/**
	 * Return the full name of the property.
	 * @return the name
	 */
	String property() {
		return this.property;
	}

}
