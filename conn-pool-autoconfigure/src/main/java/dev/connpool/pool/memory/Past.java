package dev.connpool.pool.memory;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.connpool.snapshot.HostEvent;
import dev.connpool.snapshot.HostHistory;
import dev.connpool.snapshot.HostHistory.Value;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.snapshot.Quantiles;
import org.jspecify.annotations.Nullable;

/**
 * How one host was within the last hour, and what happened with it. Locks when somebody
 * looks each ten seconds and when somebody asks for it, and never when something happens.
 */
final class Past {

	private final @Nullable History history;

	private final EventRing events;

	private HostSnapshot before = HostSnapshot.UNKNOWN;

	/** When there was a request last. */
	private volatile long usedAt;

	/**
	 * Create a past of nothing.
	 * @param slots how many slots are remembered, 0 for none
	 * @param events how many events are remembered
	 * @param now the current time
	 */
	Past(int slots, int events, long now) {
		this.history = (slots > 0) ? new History(slots, now) : null;
		this.events = new EventRing(events);
		this.usedAt = now;
	}

	long usedAt() {
		return this.usedAt;
	}

	void happened(long now, String kind, @Nullable String connection, @Nullable String reason, @Nullable String text) {
		this.events.add(now, kind, connection, reason, text);
	}

	/**
	 * Remember how the host is.
	 * @param now the current time
	 * @param host the host
	 * @param meanwhile what was counted since the last time
	 */
	synchronized void remember(long now, HostSnapshot host, long[] meanwhile) {
		HostSnapshot.Counters was = (this.before.counters().dialled() <= host.counters().dialled())
				? this.before.counters() : HostSnapshot.Counters.NONE;
		HostSnapshot.Counters is = host.counters();
		Map<String, Integer> failed = new HashMap<>();
		is.failedByKind()
			.forEach((kind, count) -> failed.put(kind, difference(count, was.failedByKind().getOrDefault(kind, 0L))));
		if (is.acquired() != was.acquired() || is.failed() != was.failed()) {
			this.usedAt = now;
		}
		if (this.history != null) {
			this.history.add(now, values(host, was, meanwhile), failed);
		}
		this.before = host;
	}

	private static Map<Value, Integer> values(HostSnapshot host, HostSnapshot.Counters was, long[] meanwhile) {
		HostSnapshot.Connections connections = host.connections();
		HostSnapshot.Counters is = host.counters();
		Map<Value, Integer> values = new EnumMap<>(Value.class);
		values.put(Value.ACTIVE, connections.active());
		values.put(Value.IDLE, connections.idle() + connections.probing() + connections.draining());
		values.put(Value.OPENING, connections.connecting() + connections.handshaking());
		values.put(Value.STREAMS, host.streams().active());
		values.put(Value.PENDING, host.pendingAcquires());
		values.put(Value.REQUESTS, difference(is.acquired(), was.acquired()));
		values.put(Value.OPENED, difference(is.opened(), was.opened()));
		values.put(Value.CLOSED, difference(is.closed() + is.dialFailed(), was.closed() + was.dialFailed()));
		Quantiles waited = Buckets.quantiles(meanwhile, Tally.WAITS);
		Quantiles headers = Buckets.quantiles(meanwhile, Tally.HEADERS);
		values.put(Value.WAIT_P50, (waited != null) ? micros(waited.p50()) : 0);
		values.put(Value.WAIT_P99, (waited != null) ? micros(waited.p99()) : 0);
		values.put(Value.HEADERS_P50, (headers != null) ? micros(headers.p50()) : 0);
		values.put(Value.HEADERS_P90, (headers != null) ? micros(headers.p90()) : 0);
		values.put(Value.HEADERS_P99, (headers != null) ? micros(headers.p99()) : 0);
		return values;
	}

	private static int difference(long now, long before) {
		return (int) Math.max(0, Math.min(Integer.MAX_VALUE, now - before));
	}

	private static int micros(Duration duration) {
		return (int) Math.min(Integer.MAX_VALUE, duration.toNanos() / 1000);
	}

	HostHistory history(Duration longest) {
		Instant clock = Instant.now();
		List<HostEvent> happened = this.events.since(System.nanoTime(), clock, longest.toNanos());
		return (this.history != null) ? history(this.history, longest, happened)
				: new HostHistory(clock, 0, Map.of(), Map.of(), happened);
	}

	private synchronized HostHistory history(History history, Duration longest, List<HostEvent> happened) {
		int slots = history.length((int) ((longest.toNanos() + History.SLOT - 1) / History.SLOT));
		Instant end = Instant.now().minusNanos(history.sinceLatest(System.nanoTime())).plusNanos(History.SLOT);
		return new HostHistory(end, slots, history.values(slots), history.failed(slots), happened);
	}

}
