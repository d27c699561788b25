package dev.connpool.settings;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Durations as people write them.
 */
public final class Durations {

	private static final int MILLIS = 1000;

	private static final int LONG = 10;

	private static final int NANOS_OF_MICRO = 1000;

	private static final int NANOS_OF_MILLI = 1_000_000;

	private Durations() {
	}

	/**
	 * Write a duration that somebody chose.
	 * @param duration the duration
	 * @return the exact text, such as {@code 500 us}, {@code 400 ms}, {@code 1.5 s} or
	 * {@code 90 s}
	 */
	public static String exact(Duration duration) {
		if (Math.abs(duration.toMillis()) < MILLIS) {
			return hasMicros(duration) ? micros(duration) + " us" : duration.toMillis() + " ms";
		}
		return seconds(duration).stripTrailingZeros().toPlainString() + " s";
	}

	/**
	 * Write a duration that was measured.
	 * @param duration the duration
	 * @return a text with no more digits than are of use, such as {@code 16 s}
	 */
	public static String rounded(Duration duration) {
		if (Math.abs(duration.toMillis()) < MILLIS) {
			return duration.toMillis() + " ms";
		}
		int digits = (Math.abs(duration.toSeconds()) < LONG) ? 1 : 0;
		return seconds(duration).setScale(digits, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString() + " s";
	}

	/**
	 * Write a duration as the value of a property.
	 * @param duration the duration
	 * @return the exact text, such as {@code 500us}, {@code 400ms} or {@code 90s}
	 */
	public static String property(Duration duration) {
		if (hasMicros(duration)) {
			return micros(duration) + "us";
		}
		long millis = duration.toMillis();
		return (millis % MILLIS == 0) ? millis / MILLIS + "s" : millis + "ms";
	}

	private static BigDecimal seconds(Duration duration) {
		return BigDecimal.valueOf(micros(duration), 6);
	}

	private static boolean hasMicros(Duration duration) {
		return duration.toNanosPart() % NANOS_OF_MILLI / NANOS_OF_MICRO != 0;
	}

	private static long micros(Duration duration) {
		return TimeUnit.MICROSECONDS.convert(duration);
	}

}
