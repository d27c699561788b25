package dev.connpool.benchmarks.driver;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/**
 * Some values of the same thing, of which the middle one counts.
 */
final class Samples {

	private final double[] sorted;

	Samples(Collection<Double> values) {
		this.sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
	}

	int count() {
		return this.sorted.length;
	}

	double median() {
		return quantile(0.5);
	}

	double quantile(double share) {
		double position = share * (this.sorted.length - 1);
		int below = (int) position;
		int above = Math.min(below + 1, this.sorted.length - 1);
		return this.sorted[below] + (position - below) * (this.sorted[above] - this.sorted[below]);
	}

	/**
	 * Write the median and the quartiles.
	 * @param digits digits after the point
	 * @return as in {@code 1.02 (0.99–1.04)}
	 */
	String withQuartiles(int digits) {
		String number = "%." + digits + "f";
		return String.format(Locale.ROOT, number + " (" + number + "–" + number + ")", median(), quantile(0.25),
				quantile(0.75));
	}

	String median(int digits) {
		return String.format(Locale.ROOT, "%,." + digits + "f", median());
	}

	@Override
	public String toString() {
		return Arrays.toString(this.sorted);
	}

}
