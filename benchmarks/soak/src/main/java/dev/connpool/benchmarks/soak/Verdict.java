package dev.connpool.benchmarks.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What must be true at the end, and whether it is.
 */
final class Verdict {

	private static final long MEGABYTE = 1 << 20;

	private final List<String> lines = new ArrayList<>();

	private boolean passed = true;

	/**
	 * Note a number that must be at most another.
	 * @param what what it is
	 * @param value the number
	 * @param most the other
	 */
	void atMost(String what, long value, long most) {
		boolean good = value <= most;
		this.passed &= good;
		this.lines.add(String.format(Locale.ROOT, "| %s | %,d | %,d | %s |", what, value, most, good ? "yes" : "NO"));
	}

	/**
	 * Note that levels must not have risen but for what the last requests left in caches.
	 * @param before the levels after the warm-up
	 * @param after the levels at the end
	 */
	void flat(Levels before, Levels after) {
		atMost("heap, MB", after.heap() / MEGABYTE, before.heap() / MEGABYTE + 16);
		atMost("direct memory, MB", after.direct() / MEGABYTE, before.direct() / MEGABYTE + 16);
		atMost("descriptors", after.descriptors(), before.descriptors() + 8);
		atMost("threads", after.threads(), before.threads() + 8);
	}

	boolean isPassed() {
		return this.passed;
	}

	@Override
	public String toString() {
		return "| at the end | is | at most | good |%n|---|--:|--:|---|%n%s".formatted(String.join("\n", this.lines));
	}

}
