package dev.connpool.autoconfigure.binding;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import dev.connpool.settings.Shown;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
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
public record BindFailure(ConfigurationPropertyName name, @Nullable Object value, Class<?> type, Throwable cause) {

	private static final Pattern SECRET = Pattern.compile("(?:^|\\.)(?:proxy|base-url)(?:\\.|$)");

	/**
	 * Bind properties.
	 * @param <T> the type of the result
	 * @param binding binds them
	 * @return the result
	 * @throws InvalidPropertyException if one of them is wrong, without Spring's
	 * exception as the cause, which tells the value
	 */
	public static <T> T bind(Supplier<T> binding) {
		try {
			return binding.get();
		}
		catch (BindException ex) {
			throw (ex.getCause() instanceof UnboundConfigurationPropertiesException unbound)
					? InvalidPropertyException.unknown(unbound) : of(ex).exception();
		}
	}

	private static BindFailure of(BindException ex) {
		ConfigurationProperty property = ex.getProperty();
		Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
		return new BindFailure((property != null) ? property.getName() : ex.getName(),
				(property != null) ? property.getValue() : null, ex.getTarget().getType().resolve(Object.class), cause);
	}

	private InvalidPropertyException exception() {
		return new InvalidPropertyException(PropertyNames.shown(this.name), shown(), requirement(), null);
	}

	private Object shown() {
		Object written = this.value;
		if (written == null || this.cause instanceof PlaceholderResolutionException) {
			return Shown.nothing(null);
		}
		if (this.type.isEnum()) {
			return Shown.oneOf(written.toString(), constants());
		}
		return SECRET.matcher(this.name.toString()).find() ? Shown.nothing(written) : written;
	}

	private List<String> constants() {
		return Arrays.stream(this.type.getEnumConstants())
			.map((constant) -> constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
			.toList();
	}

	private String requirement() {
		if (this.cause instanceof PlaceholderResolutionException unknown) {
			Shown placeholder = Shown.oneOf("${%s}".formatted(unknown.getPlaceholder()), List.of());
			return placeholder.isText() ? "its placeholder '%s' cannot be resolved".formatted(placeholder)
					: "it has a placeholder that cannot be resolved";
		}
		if (this.type.isEnum()) {
			return "must be one of '%s'".formatted(String.join("', '", constants()));
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
