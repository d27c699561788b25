package dev.connpool.pool.memory;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

import dev.connpool.snapshot.HostHistory.Value;
import org.jspecify.annotations.Nullable;

/**
 * How a host was in the last slots, in primitive arrays, which are only made for what is
 * not always 0. Slots are numbered by the monotonic clock. Guarded by whoever has it.
 */
final class History {

	/** How long a slot is, in nanoseconds. */
	static final long SLOT = 10_000_000_000L;

	private static final int UNKNOWN = -1;

	private final int slots;

	private final long begun;

	private final Map<Value, int[]> values = new EnumMap<>(Value.class);

	private final Map<String, int[]> failed = new TreeMap<>();

	/** For which slot each place is. */
	private final int[] seen;

	private int latest;

	/**
	 * Create a history.
	 * @param slots how many slots it has
	 * @param now the current time
	 */
	History(int slots, long now) {
		this.slots = slots;
		this.begun = now;
		this.seen = new int[slots];
		Arrays.fill(this.seen, UNKNOWN);
	}

	/**
	 * Remember how a host is.
	 * @param now the current time
	 * @param sample the values
	 * @param failures the requests that failed, by kind
	 */
	void add(long now, Map<Value, Integer> sample, Map<String, Integer> failures) {
		int slot = (int) Math.max(this.latest, (now - this.begun) / SLOT);
		int place = slot % this.slots;
		boolean again = this.seen[place] == slot;
		if (!again) {
			this.values.values().forEach((all) -> all[place] = 0);
			this.failed.values().forEach((all) -> all[place] = 0);
		}
		this.seen[place] = slot;
		this.latest = slot;
		sample.forEach((value, number) -> {
			int[] all = array(this.values, value, number);
			if (all != null) {
				all[place] = (again && value.isCount()) ? all[place] + number : number;
			}
		});
		failures.forEach((kind, number) -> {
			int[] all = array(this.failed, kind, number);
			if (all != null) {
				all[place] += number;
			}
		});
	}

	private <K> int @Nullable [] array(Map<K, int[]> arrays, K key, int number) {
		int[] known = arrays.get(key);
		if (known == null && number != 0) {
			known = new int[this.slots];
			arrays.put(key, known);
		}
		return known;
	}

	/**
	 * Return how long ago the last slot began.
	 * @param now the current time
	 * @return the time in nanoseconds
	 */
	long sinceLatest(long now) {
		return now - this.begun - this.latest * SLOT;
	}

	/**
	 * Return how many slots there are to be told of.
	 * @param most how many are wanted
	 * @return that, or fewer
	 */
	int length(int most) {
		return Math.min(Math.min(most, this.slots), this.latest + 1);
	}

	Map<Value, int[]> values(int last) {
		Map<Value, int[]> copied = new EnumMap<>(Value.class);
		this.values.forEach((value, all) -> copied.put(value, copy(all, last)));
		return copied;
	}

	Map<String, int[]> failed(int last) {
		Map<String, int[]> copied = new TreeMap<>();
		this.failed.forEach((kind, all) -> copied.put(kind, copy(all, last)));
		return copied;
	}

	private int[] copy(int[] all, int last) {
		int[] copy = new int[last];
		for (int index = 0; index < last; index++) {
			int slot = this.latest - last + 1 + index;
			copy[index] = (this.seen[slot % this.slots] == slot) ? all[slot % this.slots] : UNKNOWN;
		}
		return copy;
	}

}
