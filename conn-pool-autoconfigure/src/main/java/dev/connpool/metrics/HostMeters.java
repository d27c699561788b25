package dev.connpool.metrics;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

import dev.connpool.snapshot.ConnectionSnapshot.State;
import dev.connpool.snapshot.HostSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one host in one registry. Each is registered when it is first needed and
 * then kept at hand, so that recording allocates nothing. Safe for use by many threads.
 */
final class HostMeters {

	private final HostScope scope;

	private final ServerAddress server;

	/** The timers of each protocol, by ALPN id. */
	private final Map<String, Timer> opening = new ConcurrentHashMap<>();

	private final Map<String, Timer> waiting = new ConcurrentHashMap<>();

	private final Map<String, Timer> living = new ConcurrentHashMap<>();

	private final Map<String, Timer> pings = new ConcurrentHashMap<>();

	private final Map<String, Counter> closed = new ConcurrentHashMap<>();

	private final Map<String, Counter> resets = new ConcurrentHashMap<>();

	private final Map<String, Counter> goAways = new ConcurrentHashMap<>();

	private final Map<Tags, Counter> replays = new ConcurrentHashMap<>();

	private final Map<String, Counter> leaks = new ConcurrentHashMap<>();

	/** What the gauges tell apart. */
	private final Set<String> versions = ConcurrentHashMap.newKeySet();

	/**
	 * Create the meters that every host has.
	 * @param scope where meters are registered
	 * @param server the host
	 */
	HostMeters(HostScope scope, ServerAddress server) {
		this.scope = scope;
		this.server = server;
		scope.gauge(ConnPoolMeters.PENDING_REQUESTS, Tags.empty(), HostSnapshot::pendingAcquires);
	}

	ServerAddress server() {
		return this.server;
	}

	/**
	 * Add the limit of connections, if there is one now.
	 * @param max reads the limit, 0 for none
	 */
	void max(IntSupplier max) {
		if (max.getAsInt() > 0) {
			this.scope.setting(ConnPoolMeters.MAX, max);
		}
	}

	void remove() {
		this.scope.remove();
	}

	// Recording

	void opened(String protocol, Duration took) {
		record(this.opening, ConnPoolMeters.CREATE_TIME, protocol, took);
	}

	void acquired(String protocol, Duration waited) {
		record(this.waiting, ConnPoolMeters.WAIT_TIME, protocol, waited);
	}

	void closed(String protocol, String reason, Duration age) {
		record(this.living, ConnPoolMeters.DURATION, protocol, age);
		closed(reason);
	}

	void closed(String reason) {
		count(this.closed, ConnPoolMeters.CLOSED, MeterTag.REASON, reason);
	}

	void reset(String error) {
		count(this.resets, ConnPoolMeters.STREAM_RESET, MeterTag.ERROR, MeterTag.error(error));
	}

	void goAway(String error) {
		count(this.goAways, ConnPoolMeters.GOAWAY_RECEIVED, MeterTag.ERROR, MeterTag.error(error));
	}

	void replayed(String reason, String outcome) {
		Tags own = Tags.of(MeterTag.REPLAY_REASON.asString(), reason, MeterTag.OUTCOME.asString(), outcome);
		count(this.replays, ConnPoolMeters.REPLAYS, own, own);
	}

	void leaked() {
		count(this.leaks, ConnPoolMeters.LEAKS, "", Tags.empty());
	}

	void ping(String protocol, Duration roundTrip) {
		record(this.pings, ConnPoolMeters.PING_RTT, protocol, roundTrip);
	}

	private void record(Map<String, Timer> timers, ConnPoolMeters meter, String protocol, Duration time) {
		Timer timer = timers.get(protocol);
		if (timer == null) {
			speaks(protocol);
			Tags own = (meter == ConnPoolMeters.PING_RTT) ? Tags.empty()
					: Tags.of(MeterTag.PROTOCOL.asString(), MeterTag.version(protocol));
			timer = timers.computeIfAbsent(protocol, (absent) -> this.scope.timer(meter, own));
		}
		if (timer != null) {
			timer.record(time);
		}
	}

	private void count(Map<String, Counter> counters, ConnPoolMeters meter, MeterTag tag, String value) {
		count(counters, meter, value, Tags.of(tag.asString(), value));
	}

	private <K> void count(Map<K, Counter> counters, ConnPoolMeters meter, K key, Tags tags) {
		Counter counter = counters.computeIfAbsent(key, (absent) -> this.scope.counter(meter, tags));
		if (counter != null) {
			counter.increment();
		}
	}

	// Looking

	/**
	 * See to it that there are gauges for a protocol.
	 * @param protocol the ALPN id, or {@code null} if none was negotiated yet
	 */
	void speaks(@Nullable String protocol) {
		String version = MeterTag.version(protocol);
		if ((protocol == null && !this.versions.isEmpty()) || !this.versions.add(version)) {
			return;
		}
		if (version.equals("2")) {
			this.scope.gauge(ConnPoolMeters.STREAM_ACTIVE, Tags.empty(), (host) -> host.streams().active());
			this.scope.gauge(ConnPoolMeters.STREAM_LIMIT, Tags.empty(), (host) -> host.streams().limit());
		}
		for (State state : State.values()) {
			Tags own = Tags.of(MeterTag.STATE.asString(), state.name().toLowerCase(Locale.ROOT),
					MeterTag.PROTOCOL.asString(), version);
			this.scope.gauge(ConnPoolMeters.OPEN_CONNECTIONS, own,
					(host) -> MeterTag.version(host.protocol()).equals(version) ? count(host.connections(), state) : 0);
		}
	}

	private static int count(HostSnapshot.Connections connections, State state) {
		return switch (state) {
			case CONNECTING -> connections.connecting();
			case HANDSHAKING -> connections.handshaking();
			case ACTIVE -> connections.active();
			case IDLE -> connections.idle();
			case PROBING -> connections.probing();
			case DRAINING -> connections.draining();
		};
	}

}
