package dev.connpool.metrics;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.docs.MeterDocumentation;

/**
 * Every meter: its name, its tags and what it tells. Each also has the tags of its host.
 */
enum ConnPoolMeters implements MeterDocumentation {

	/** Connections by state. */
	OPEN_CONNECTIONS("http.client.open_connections", Meter.Type.GAUGE,
			"Connections to a host by what they are doing, those being opened included", MeterTag.STATE,
			MeterTag.PROTOCOL),

	/** Life of a connection. */
	DURATION("http.client.connection.duration", Meter.Type.TIMER, "How long connections that ended had been open",
			MeterTag.PROTOCOL) {

		@Override
		Duration[] buckets() {
			return seconds(0.1, 1, 10, 30, 60, 90, 300, 900, 3600);
		}

	},

	/** Time to get a connection. */
	WAIT_TIME("http.client.connection.wait_time", Meter.Type.TIMER,
			"How long exchanges waited for a connection or a stream, opening one included", MeterTag.PROTOCOL) {

		@Override
		Duration[] buckets() {
			return seconds(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);
		}

	},

	/** Time to open a connection. */
	CREATE_TIME("http.client.connection.create_time", Meter.Type.TIMER,
			"How long connections took to open: DNS, TCP and TLS", MeterTag.PROTOCOL) {

		@Override
		Duration[] buckets() {
			return seconds(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);
		}

	},

	/** The queue. */
	PENDING_REQUESTS("http.client.connection.pending_requests", Meter.Type.GAUGE,
			"Exchanges that wait for a connection or a stream"),

	/** The limit. */
	MAX("http.client.connection.max", Meter.Type.GAUGE,
			"Most connections to a host, as configured; absent if there is no limit, and for `other`"),

	/** Ends of connections. */
	CLOSED("http.client.connection.closed", Meter.Type.COUNTER,
			"Connections that ended, those that could not be opened included", MeterTag.REASON),

	/** Streams in use. */
	STREAM_ACTIVE("http.client.stream.active", Meter.Type.GAUGE, "Open HTTP/2 streams"),

	/** Streams allowed. */
	STREAM_LIMIT("http.client.stream.limit", Meter.Type.GAUGE,
			"HTTP/2 streams that the open connections allow together;"
					+ " a server without a limit counts 2147483647 for each connection"),

	/** Streams refused or broken off. */
	STREAM_RESET("http.client.stream.reset", Meter.Type.COUNTER, "HTTP/2 streams that the server reset",
			MeterTag.ERROR),

	/** Connections the server is done with. */
	GOAWAY_RECEIVED("http.client.goaway.received", Meter.Type.COUNTER, "GOAWAY frames received", MeterTag.ERROR),

	/** Liveness. */
	PING_RTT("http.client.ping.rtt", Meter.Type.TIMER, "Round trips of HTTP/2 PINGs"),

	/** Requests sent again. */
	REPLAYS("http.client.replays", Meter.Type.COUNTER, "Requests that the client sent again by itself",
			MeterTag.REPLAY_REASON, MeterTag.OUTCOME),

	/** Responses that nobody reads. */
	LEAKS("http.client.connection.leaks", Meter.Type.COUNTER,
			"Responses that nobody read for longer than `leak-detection-threshold`"),

	/** What should be changed. */
	FINDINGS("http.client.findings", Meter.Type.GAUGE,
			"Hosts of a client, or the client itself, that a finding is about", MeterTag.RULE, MeterTag.SEVERITY) {

		@Override
		List<MeterTag> common() {
			return List.of(MeterTag.CLIENT);
		}

	};

	private static final List<MeterTag> HOST = List.of(MeterTag.CLIENT, MeterTag.ADDRESS, MeterTag.PORT);

	private final String meterName;

	private final Meter.Type type;

	private final String description;

	@SuppressWarnings("ImmutableEnumChecker")
	private final List<MeterTag> own;

	ConnPoolMeters(String meterName, Meter.Type type, String description, MeterTag... own) {
		this.meterName = meterName;
		this.type = type;
		this.description = description;
		this.own = List.of(own);
	}

	@Override
	public String getName() {
		return this.meterName;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public KeyName[] getKeyNames() {
		return Stream.concat(common().stream(), this.own.stream()).toArray(KeyName[]::new);
	}

	/**
	 * Return the tags that this shares with other meters.
	 * @return the tags
	 */
	List<MeterTag> common() {
		return HOST;
	}

	String description() {
		return this.description;
	}

	/**
	 * Return what a histogram of this timer tells apart.
	 * @return the upper bounds, none for no histogram
	 */
	Duration[] buckets() {
		return new Duration[0];
	}

	Gauge gauge(MeterRegistry registry, Tags tags, Supplier<Number> value) {
		return Gauge.builder(this.meterName, value).tags(tags).description(this.description).register(registry);
	}

	Counter counter(MeterRegistry registry, Tags tags) {
		return Counter.builder(this.meterName).tags(tags).description(this.description).register(registry);
	}

	Timer timer(MeterRegistry registry, Tags tags) {
		return Timer.builder(this.meterName)
			.tags(tags)
			.description(this.description)
			.serviceLevelObjectives(buckets())
			.register(registry);
	}

	private static Duration[] seconds(double... bounds) {
		return Arrays.stream(bounds)
			.mapToObj((bound) -> Duration.ofMillis(Math.round(bound * 1000)))
			.toArray(Duration[]::new);
	}

}
