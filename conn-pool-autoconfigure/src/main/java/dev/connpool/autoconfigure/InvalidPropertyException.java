package dev.connpool.autoconfigure;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.connpool.settings.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Thrown when a property has a value that cannot be honoured.
 */
final class InvalidPropertyException extends RuntimeException {

	private static final Pattern USER_INFO = Pattern.compile("//[^/@\\s]*@");

	private final String property;

	/**
	 * Create an exception for one property.
	 * @param property the full name of the property
	 * @param value the value that was refused, or {@code null} if there is none
	 * @param requirement what the value has to be, starting with a verb, and how to get
	 * what was probably meant
	 * @param cause the cause, or {@code null}
	 */
	InvalidPropertyException(String property, @Nullable Object value, String requirement, @Nullable Throwable cause) {
		this("Property", property, value, requirement, cause);
	}

	private InvalidPropertyException(String kind, String property, @Nullable Object value, String requirement,
			@Nullable Throwable cause) {
		super(withoutUserInfo((value != null) ? "%s '%s' is '%s' but %s".formatted(kind, property, value, requirement)
				: "%s '%s' is not set but %s".formatted(kind, property, requirement)), cause);
		this.property = property;
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
	 * @return an exception for the first of them that mentions the others
	 */
	static InvalidPropertyException unknown(UnboundConfigurationPropertiesException cause) {
		ConfigurationProperty first = cause.getUnboundProperties().iterator().next();
		String others = cause.getUnboundProperties()
			.stream()
			.skip(1)
			.map((property) -> ", nor '%s'".formatted(property.getName()))
			.collect(Collectors.joining());
		return new InvalidPropertyException(first.getName().toString(), first.getValue(),
				"there is no property of that name" + others, cause);
	}

	/**
	 * Return the full name of the property.
	 * @return the name
	 */
	String property() {
		return this.property;
	}

	private static String withoutUserInfo(String message) {
		return USER_INFO.matcher(message).replaceAll("//");
	}

}
