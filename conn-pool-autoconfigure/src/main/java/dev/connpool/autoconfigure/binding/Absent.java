package dev.connpool.autoconfigure.binding;

import dev.connpool.settings.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * What stands in for a property that is not set.
 */
final class Absent {

	private Absent() {
	}

	static <T> T or(@Nullable T value, T base) {
		return (value != null) ? value : base;
	}

	static int or(String setting, @Nullable DataSize value, int base) {
		if (value == null) {
			return base;
		}
		if (value.toBytes() > Integer.MAX_VALUE) {
			throw new InvalidSettingException(setting, value, "must be less than 2GB");
		}
		return (int) Math.max(value.toBytes(), Integer.MIN_VALUE);
	}

}
