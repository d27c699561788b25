package dev.connpool.finding;

import java.util.Locale;

/**
 * Numbers as people write them.
 */
final class Quantity {

	private Quantity() {
	}

	/**
	 * Write how many there are of something.
	 * @param number the number
	 * @param one what one of them is called
	 * @param many what more are called
	 * @return both, such as {@code 1 request} or {@code 12,000 requests}
	 */
	static String of(long number, String one, String many) {
		return "%s %s".formatted(of(number), (number == 1) ? one : many);
	}

	static String of(long number) {
		return String.format(Locale.ROOT, "%,d", number);
	}

}
