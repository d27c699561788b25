package dev.connpool.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import dev.connpool.snapshot.ConnectionSnapshot.State;
import dev.connpool.snapshot.HostSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one host in one registry. Each is registered when it is first needed and
 * then kept at hand, so that recording allocates nothing. Safe for use by many threads.
 */
final class HostMeters {

	private final MeterRegistry registry;

	private final ServerAddress server;

	private final Tags tags;

	private final Supplier<List<HostSnapshot>> now;

	private final Map<String, ProtocolMeters> protocols = new ConcurrentHashMap<>();

	private final Map<String, Counter> counters = new ConcurrentHashMap<>();

	private volatile @Nullable Timer pings;

	private final List<Meter> registered = new ArrayList<>();

	private final Set<String> versions = new HashSet<>();

	private boolean removed;

	/**
	 * Create the meters that every host has.
	 * @param registry where they are registered
	 * @param client the client name
	 * @param server the host
	 * @param now looks at the host
	 */
	HostMeters(MeterRegistry registry, String client, ServerAddress server, Supplier<List<HostSnapshot>> now) {
		this.registry = registry;
		this.server = server;
		this.tags = Tags.of(MeterTag.CLIENT.asString(), client, MeterTag.ADDRESS.asString(), server.address(),
				MeterTag.PORT.asString(), server.port());
		this.now = now;
		gauge(ConnPoolMeters.PENDING_REQUESTS, this.tags, HostSnapshot::pendingAcquires);
	}

	ServerAddress server() {
		return this.server;
	}

	/**
	 * Add the limit of connections.
	 * @param max the limit, 0 for none
	 */
	void max(int max) {
		if (max > 0) {
			this.registered.add(ConnPoolMeters.MAX.gauge(this.registry, this.tags, () -> max));
		}
	}

	// Recording

	void opened(String protocol, Duration took) {
		ProtocolMeters meters = protocol(protocol);
		if (meters != null) {
			meters.created.record(took);
		}
	}

	void acquired(String protocol, Duration waited) {
		ProtocolMeters meters = protocol(protocol);
		if (meters != null) {
			meters.waited.record(waited);
		}
	}

	void closed(String protocol, String reason, Duration age) {
		ProtocolMeters meters = protocol(protocol);
		if (meters != null) {
			meters.duration.record(age);
		}
		closed(reason);
	}

	void closed(String reason) {
		count(ConnPoolMeters.CLOSED, MeterTag.REASON, reason);
	}

	void reset(String error) {
		count(ConnPoolMeters.STREAM_RESET, MeterTag.ERROR, MeterTag.error(error));
	}

	void goAway(String error) {
		count(ConnPoolMeters.GOAWAY_RECEIVED, MeterTag.ERROR, MeterTag.error(error));
	}

	void ping(Duration roundTrip) {
		Timer timer = this.pings;
		if (timer == null) {
			timer = registerPings();
		}
		if (timer != null) {
			timer.record(roundTrip);
		}
	}

	private void count(ConnPoolMeters meter, MeterTag tag, String value) {
		String key = meter.getName() + value;
		Counter counter = this.counters.get(key);
		if (counter == null) {
			counter = register(meter, key, this.tags.and(tag.asString(), value));
		}
		if (counter != null) {
			counter.increment();
		}
	}

	private @Nullable ProtocolMeters protocol(String protocol) {
		ProtocolMeters meters = this.protocols.get(protocol);
		return (meters != null) ? meters : register(protocol);
	}

	// Registering

	/**
	 * See to it that there are meters for a protocol.
	 * @param protocol the ALPN id, or {@code null} if none was negotiated yet
	 */
	void speaks(@Nullable String protocol) {
		if (protocol != null) {
			protocol(protocol);
		}
		else if (this.protocols.isEmpty()) {
			registerConnections(MeterTag.version(null));
		}
	}

	private synchronized @Nullable ProtocolMeters register(String protocol) {
		ProtocolMeters known = this.protocols.get(protocol);
		if (known != null || this.removed) {
			return known;
		}
		String version = MeterTag.version(protocol);
		registerConnections(version);
		Tags tagged = this.tags.and(MeterTag.PROTOCOL.asString(), version);
		ProtocolMeters meters = new ProtocolMeters(timer(ConnPoolMeters.CREATE_TIME, tagged),
				timer(ConnPoolMeters.WAIT_TIME, tagged), timer(ConnPoolMeters.DURATION, tagged));
		this.protocols.put(protocol, meters);
		return meters;
	}

	private synchronized void registerConnections(String version) {
		if (this.removed || !this.versions.add(version)) {
			return;
		}
		if (version.equals("2")) {
			gauge(ConnPoolMeters.STREAM_ACTIVE, this.tags, (host) -> host.streams().active());
			gauge(ConnPoolMeters.STREAM_LIMIT, this.tags, (host) -> host.streams().limit());
		}
		for (State state : State.values()) {
			Tags tagged = this.tags.and(MeterTag.STATE.asString(), state.name().toLowerCase(Locale.ROOT),
					MeterTag.PROTOCOL.asString(), version);
			gauge(ConnPoolMeters.OPEN_CONNECTIONS, tagged,
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

	private synchronized @Nullable Counter register(ConnPoolMeters meter, String key, Tags tagged) {
		Counter counter = this.counters.get(key);
		if (counter == null && !this.removed) {
			counter = meter.counter(this.registry, tagged);
			this.registered.add(counter);
			this.counters.put(key, counter);
		}
		return counter;
	}

	private synchronized @Nullable Timer registerPings() {
		if (this.pings == null && !this.removed) {
			this.pings = timer(ConnPoolMeters.PING_RTT, this.tags);
		}
		return this.pings;
	}

	private Timer timer(ConnPoolMeters meter, Tags tagged) {
		Timer timer = meter.timer(this.registry, tagged);
		this.registered.add(timer);
		return timer;
	}

	private void gauge(ConnPoolMeters meter, Tags tagged, ToDoubleFunction<HostSnapshot> value) {
		Supplier<Number> sum = () -> this.now.get().stream().mapToDouble(value).sum();
		this.registered.add(meter.gauge(this.registry, tagged, sum));
	}

	/**
	 * Take all meters out of the registry. What is recorded from now on is lost.
	 */
	synchronized void remove() {
		this.removed = true;
		this.registered.forEach(this.registry::remove);
	}

	/**
	 * The timers that tell protocols apart.
	 */
	private record ProtocolMeters(Timer created, Timer waited, Timer duration) {
	}

}
