package dev.connpool.settings;

import java.time.Duration;

/**
 * The checks that several settings share.
 */
final class Require {

	private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

	private Require() {
	}

	static void atLeast(String setting, int value, int least, String hint) {
		if (value < least) {
			throw new InvalidSettingException(setting, value, "must be at least %d%s".formatted(least, hint));
		}
	}

	static void positive(String setting, Duration value) {
		if (value.isZero()) {
			throw new InvalidSettingException(setting, value, "must be longer than zero");
		}
		zeroOrPositive(setting, value);
	}

	static void zeroOrPositive(String setting, Duration value) {
		if (value.isNegative()) {
			throw new InvalidSettingException(setting, value, "must not be negative");
		}
		if (value.compareTo(LONGEST) > 0) {
			throw new InvalidSettingException(setting, value, "must be at most 24 days");
		}
	}

}
