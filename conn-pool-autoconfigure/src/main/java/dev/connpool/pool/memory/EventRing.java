package dev.connpool.pool.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

import dev.connpool.snapshot.HostEvent;
import org.jspecify.annotations.Nullable;

/**
 * The last events of a host. What happens again and again within ten seconds is one event
 * with a count, so that a storm does not sweep away what was before it. Safe for use by
 * many threads, none of which waits for another; the same that happens on two of them at
 * once may be two events.
 */
final class EventRing {

	/** How many events are looked through for one that is the same. */
	private static final int NEAR = 8;

	private static final long TOGETHER = History.SLOT;

	private final AtomicReferenceArray<@Nullable Event> events;

	/** The number of the event to come, from 0. */
	private final AtomicLong next = new AtomicLong();

	EventRing(int size) {
		this.events = new AtomicReferenceArray<>(size);
	}

	void add(long now, String kind, @Nullable String connection, @Nullable String reason, @Nullable String text) {
		if (this.events.length() == 0) {
			return;
		}
		Event same = find(now, kind, reason);
		if (same != null) {
			same.again();
			return;
		}
		Event event = new Event(this.next.getAndIncrement(), now, kind, connection, reason,
				(text != null) ? FailureRun.cut(text) : null);
		// Whoever was stopped here for long must not put it over one that is later.
		this.events.accumulateAndGet(place(event.number), event,
				(known, added) -> (known == null || known.number < added.number) ? added : known);
	}

	private @Nullable Event find(long now, String kind, @Nullable String reason) {
		long next = this.next.get();
		long first = Math.max(0, next - Math.min(NEAR, this.events.length()));
		for (long number = next - 1; number >= first; number--) {
			Event event = this.events.get(place(number));
			if (event != null && now - event.at < TOGETHER && kind.equals(event.kind)
					&& Objects.equals(reason, event.reason)) {
				return event;
			}
		}
		return null;
	}

	private int place(long number) {
		return (int) (number % this.events.length());
	}

	/**
	 * Return the events.
	 * @param now the current time
	 * @param clock the same, as an instant
	 * @param longest how long ago they may be, in nanoseconds
	 * @return the events, the earliest first
	 */
	List<HostEvent> since(long now, Instant clock, long longest) {
		List<HostEvent> found = new ArrayList<>();
		long next = this.next.get();
		for (long number = Math.max(0, next - this.events.length()); number < next; number++) {
			Event event = this.events.get(place(number));
			// Its place may be that of a later one by now, or still that of an earlier
			// one.
			if (event != null && event.number == number && now - event.at <= longest) {
				found.add(event.snapshot(clock.minusNanos(now - event.at)));
			}
		}
		return found;
	}

	/**
	 * Something that happened, once or several times.
	 */
	private static final class Event {

		private static final AtomicIntegerFieldUpdater<Event> COUNT = AtomicIntegerFieldUpdater.newUpdater(Event.class,
				"count");

		private final long number;

		private final long at;

		private final String kind;

		private final @Nullable String connection;

		private final @Nullable String reason;

		private final @Nullable String text;

		private volatile int count = 1;

		Event(long number, long at, String kind, @Nullable String connection, @Nullable String reason,
				@Nullable String text) {
			this.number = number;
			this.at = at;
			this.kind = kind;
			this.connection = connection;
			this.reason = reason;
			this.text = text;
		}

		void again() {
			COUNT.incrementAndGet(this);
		}

		HostEvent snapshot(Instant clock) {
			int times = this.count;
			return new HostEvent(clock, this.kind, (times == 1) ? this.connection : null, this.reason, this.text,
					times);
		}

	}

}
