package dev.connpool.finding;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import dev.connpool.finding.HostEvidence.Load;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.snapshot.ClosedConnection;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.snapshot.LastError;
import dev.connpool.snapshot.Latency;
import dev.connpool.snapshot.Quantiles;
import dev.connpool.snapshot.Validity;
import dev.connpool.testing.TestSettings;
import org.jspecify.annotations.Nullable;

/**
 * A host as a test wants it seen.
 */
final class Host {

	private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

	private final Map<String, Long> closed = new TreeMap<>();

	private String protocol = "http/1.1";

	private int active;

	private List<HostSnapshot.Address> addresses = List.of();

	private long acquired;

	private int pools = 1;

	private int pending;

	private @Nullable Duration longestWait;

	private int leaking;

	private @Nullable Duration serverIdleLimit;

	private long opened = 100;

	private long turnedAway;

	private final Map<String, Long> failed = new TreeMap<>();

	private final Map<String, Long> dialFailed = new TreeMap<>();

	private final List<LastError> errors = new ArrayList<>();

	private Latency latency = Latency.NONE;

	private @Nullable Validity certificate;

	private long resetsSent;

	Host speaks(String alpn) {
		this.protocol = alpn;
		return this;
	}

	Host active(int connections) {
		this.active = connections;
		return this;
	}

	/** Addresses with as many connections each. */
	Host addresses(int... connections) {
		this.addresses = IntStream.range(0, connections.length)
			.mapToObj((number) -> new HostSnapshot.Address("10.0.0.%d:443".formatted(number), connections[number], 0, 0,
					0, null))
			.toList();
		return this;
	}

	Host acquired(long exchanges) {
		this.acquired = exchanges;
		return this;
	}

	Host pools(int count) {
		this.pools = count;
		return this;
	}

	Host pending(int callers) {
		this.pending = callers;
		return this;
	}

	Host longestWait(Duration waited) {
		this.longestWait = waited;
		return this;
	}

	Host leaking(int exchanges) {
		this.leaking = exchanges;
		return this;
	}

	Host closesAfter(Duration idle) {
		this.serverIdleLimit = idle;
		return this;
	}

	Host opened(long connections) {
		this.opened = connections;
		return this;
	}

	Host turnedAway(long callers) {
		this.turnedAway = callers;
		return this;
	}

	Host resetsSent(long streams) {
		this.resetsSent = streams;
		return this;
	}

	Host closed(String reason, long connections) {
		this.closed.put(reason, connections);
		return this;
	}

	/** Requests that failed, and for how long they did so. */
	Host failed(String kind, long requests, Duration since) {
		this.failed.put(kind, requests);
		this.errors.add(new LastError(NOON, NOON.minus(since), kind,
				"Client 'orders', host https://orders.example.com:443: it failed", requests));
		return this;
	}

	Host dialFailed(String reason, long connections) {
		this.dialFailed.put(reason, connections);
		return this;
	}

	Host latency(Duration p50, Duration p99) {
		this.latency = new Latency(null, new Quantiles(p50, p50, p99));
		return this;
	}

	Host certificate(Instant from, Instant until) {
		this.certificate = new Validity(from, until);
		return this;
	}

	/** Addresses with requests, and how many of these failed. */
	Host requests(long[]... addresses) {
		this.addresses = IntStream.range(0, addresses.length)
			.mapToObj((number) -> new HostSnapshot.Address("10.0.0.%d:443".formatted(number), 1, 0,
					addresses[number][0], addresses[number][1], null))
			.toList();
		return this;
	}

	HostSnapshot snapshot() {
		return new HostSnapshot(this.protocol, null, 0, new HostSnapshot.Connections(0, 0, this.active, 0, 0, 0),
				new HostSnapshot.Streams(0, 0), this.addresses, this.pools, this.pending, this.longestWait,
				this.serverIdleLimit, this.leaking,
				new HostSnapshot.Counters(this.opened, this.opened, 0, 0, this.acquired, 0, 0, 0, 0, this.turnedAway,
						this.resetsSent, this.leaking, this.closed, this.dialFailed, this.failed, Map.of()),
				this.latency, this.errors, this.certificate, null, 0);
	}

	/** Look at it twice, ten seconds apart. */
	static Evidence between(Host before, Host now) {
		return new Evidence(before, now);
	}

	/**
	 * What a rule is shown.
	 */
	static final class Evidence {

		private final Host before;

		private final Host now;

		private String origin = "https://orders.example.com:443";

		private ClientSettings settings = ClientSettings.DEFAULTS;

		private List<ClosedConnection> recentlyClosed = List.of();

		private Load load = new Load(0, Duration.ZERO, 0, 0, 0);

		private Evidence(Host before, Host now) {
			this.before = before;
			this.now = now;
		}

		Evidence origin(String host) {
			this.origin = host;
			return this;
		}

		Evidence settings(UnaryOperator<TestSettings> change) {
			this.settings = change.apply(new TestSettings()).build();
			return this;
		}

		Evidence recentlyClosed(List<ClosedConnection> connections) {
			this.recentlyClosed = connections;
			return this;
		}

		Evidence load(Load measured) {
			this.load = measured;
			return this;
		}

		private HostSettings host() {
			URI url = URI.create(this.origin);
			return this.settings.host(url.getHost(), url.getPort());
		}

		HostEvidence build() {
			return new HostEvidence(new ClientEvidence("orders", this.settings, List.of()), this.origin, host(),
					this.before.snapshot(), this.now.snapshot(), Duration.ofSeconds(10), this.recentlyClosed,
					this.load);
		}

	}

}
