package dev.connpool.pool.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.connpool.snapshot.HostEvent;
import org.jspecify.annotations.Nullable;

/**
 * The last events of a host, in arrays. What happens again and again within ten seconds
 * is one event with a count, so that a storm does not sweep away what was before it.
 * Guarded by whoever has it.
 */
final class EventRing {

	/** How many events are looked through for one that is the same. */
	private static final int NEAR = 8;

	private static final long TOGETHER = History.SLOT;

	private final long[] at;

	private final String[] kinds;

	private final @Nullable String[] connections;

	private final @Nullable String[] reasons;

	private final @Nullable String[] texts;

	private final int[] counts;

	private long next;

	EventRing(int size) {
		this.at = new long[size];
		this.kinds = new String[size];
		this.connections = new String[size];
		this.reasons = new String[size];
		this.texts = new String[size];
		this.counts = new int[size];
	}

	void add(long now, String kind, @Nullable String connection, @Nullable String reason, @Nullable String text) {
		if (this.at.length == 0) {
			return;
		}
		int same = find(now, kind, reason);
		if (same >= 0) {
			this.counts[same]++;
			this.connections[same] = null;
			return;
		}
		int place = (int) (this.next++ % this.at.length);
		this.at[place] = now;
		this.kinds[place] = kind;
		this.connections[place] = connection;
		this.reasons[place] = reason;
		this.texts[place] = (text != null) ? FailureRun.cut(text) : null;
		this.counts[place] = 1;
	}

	private int find(long now, String kind, @Nullable String reason) {
		long first = Math.max(0, this.next - Math.min(NEAR, this.at.length));
		for (long number = this.next - 1; number >= first; number--) {
			int place = (int) (number % this.at.length);
			if (now - this.at[place] < TOGETHER && kind.equals(this.kinds[place])
					&& Objects.equals(reason, this.reasons[place])) {
				return place;
			}
		}
		return -1;
	}

	/**
	 * Return the events.
	 * @param now the current time
	 * @param clock the same, as an instant
	 * @param longest how long ago they may be, in nanoseconds
	 * @return the events, the earliest first
	 */
	List<HostEvent> since(long now, Instant clock, long longest) {
		List<HostEvent> events = new ArrayList<>();
		for (long number = Math.max(0, this.next - this.at.length); number < this.next; number++) {
			int place = (int) (number % this.at.length);
			long ago = now - this.at[place];
			if (ago <= longest) {
				events.add(new HostEvent(clock.minusNanos(ago), this.kinds[place], this.connections[place],
						this.reasons[place], this.texts[place], this.counts[place]));
			}
		}
		return events;
	}

}
