package dev.connpool.autoconfigure.binding;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.connpool.settings.Undisclosed;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.util.ClassUtils;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.unit.DataSize;

/**
 * A property with a value that is not of its type. What Spring says of it holds the
 * value, which may be a secret that somebody wrote in the wrong place.
 *
 * @param name the name of the property
 * @param value its value, or {@code null} if it is not known
 * @param type what it is bound to
 * @param cause why it is not bound
 */
record BindFailure(ConfigurationPropertyName name, @Nullable Object value, Class<?> type, Throwable cause) {

	private static final Pattern SECRET = Pattern.compile("(?:^|\\.)(?:proxy|base-url)(?:\\.|$)");

	private static final Pattern PLACEHOLDER = Pattern.compile("[\\w.-]+");

	static BindFailure of(BindException ex) {
		ConfigurationProperty property = ex.getProperty();
		Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
		return new BindFailure((property != null) ? property.getName() : ex.getName(),
				(property != null) ? property.getValue() : null, ex.getTarget().getType().resolve(Object.class), cause);
	}

	/**
	 * Return what to throw in place of Spring's exception.
	 * @return a new exception, without cause
	 */
	InvalidPropertyException exception() {
		return new InvalidPropertyException(this.name.toString(), shown(), requirement(), null);
	}

	private Object shown() {
		Object written = this.value;
		boolean hidden = !isScalar() || SECRET.matcher(this.name.toString()).find()
				|| this.cause instanceof PlaceholderResolutionException;
		return (written == null || hidden) ? Undisclosed.VALUE : written;
	}

	private boolean isScalar() {
		return ClassUtils.isSimpleValueType(this.type) || this.type == DataSize.class || this.type == Duration.class;
	}

	private String requirement() {
		if (this.cause instanceof PlaceholderResolutionException unknown) {
			String placeholder = unknown.getPlaceholder();
			return PLACEHOLDER.matcher(placeholder).matches()
					? "its placeholder '%s' cannot be resolved".formatted(placeholder)
					: "it has a placeholder that cannot be resolved";
		}
		if (this.type.isEnum()) {
			return Arrays.stream(this.type.getEnumConstants())
				.map((constant) -> "'%s'".formatted(constant.toString().toLowerCase(Locale.ROOT).replace('_', '-')))
				.collect(Collectors.joining(", ", "must be one of ", ""));
		}
		if (this.cause instanceof ConverterNotFoundException) {
			return "must not have a value itself, but properties below it";
		}
		return "must be " + expected();
	}

	private String expected() {
		if (this.type == Duration.class) {
			return "a duration, as in '500ms' or '30s'";
		}
		if (this.type == DataSize.class) {
			return "a size, as in '64KB'";
		}
		if (ClassUtils.resolvePrimitiveIfNecessary(this.type) == Boolean.class) {
			return "'true' or 'false'";
		}
		return Number.class.isAssignableFrom(ClassUtils.resolvePrimitiveIfNecessary(this.type)) ? "a number"
				: "of another type";
	}

}
