package dev.connpool.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;

import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.HostSnapshot;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

/**
 * The meters of one client in one registry. A host gets meters of its own when it is
 * first heard of, as long as there are not too many, and loses them when the client has
 * forgotten it.
 */
final class ClientMeters {

	/**
	 * Most hosts with meters of their own.
	 */
	static final int MAX_HOSTS = 100;

	/** All gauges that are read together show the same instant. */
	private static final long FRESH = Duration.ofMillis(200).toNanos();

	private final MeterRegistry registry;

	private final MeteredClient client;

	private final Map<String, HostMeters> hosts = new ConcurrentHashMap<>();

	private volatile @Nullable HostMeters others;

	private volatile @Nullable Look look;

	private final AtomicBoolean reconciling = new AtomicBoolean();

	ClientMeters(MeterRegistry registry, MeteredClient client) {
		this.registry = registry;
		this.client = client;
	}

	/**
	 * Return the meters of a host.
	 * @param host the host as {@code scheme://host:port}
	 * @return its own, or those that all hosts beyond the bound share
	 */
	HostMeters host(String host) {
		HostMeters own = this.hosts.get(host);
		if (own != null) {
			return own;
		}
		HostMeters shared = this.others;
		return (shared != null && this.hosts.size() >= MAX_HOSTS) ? shared : register(host);
	}

	private synchronized HostMeters register(String host) {
		HostMeters known = this.hosts.get(host);
		if (known != null) {
			return known;
		}
		if (this.hosts.size() >= MAX_HOSTS) {
			return others();
		}
		ServerAddress server = ServerAddress.of(host);
		HostMeters meters = this.hosts.values()
			.stream()
			.filter((other) -> other.server().equals(server))
			.findFirst()
			.orElseGet(() -> create(server));
		this.hosts.put(host, meters);
		return meters;
	}

	private HostMeters create(ServerAddress server) {
		HostMeters meters = meters(server, (host, own) -> own != null && own.server().equals(server));
		meters.max(() -> max(server));
		return meters;
	}

	private HostMeters meters(ServerAddress server, BiPredicate<String, @Nullable HostMeters> which) {
		return new HostMeters(new HostScope(this.registry, this.client.name(), server, () -> now(which)), server);
	}

	private int max(ServerAddress server) {
		try {
			int port = Integer.parseInt(server.port());
			return this.client.settings().get().host(server.address(), port).pool().maxConnectionsPerHost();
		}
		catch (NumberFormatException ex) {
			return this.client.settings().get().pool().maxConnectionsPerHost();
		}
	}

	private HostMeters others() {
		HostMeters shared = this.others;
		if (shared == null) {
			shared = meters(ServerAddress.OTHER, (host, own) -> own == null);
			this.others = shared;
		}
		return shared;
	}

	// Looking

	private List<HostSnapshot> now(BiPredicate<String, @Nullable HostMeters> which) {
		return look().snapshot()
			.hosts()
			.entrySet()
			.stream()
			.filter((host) -> which.test(host.getKey(), this.hosts.get(host.getKey())))
			.map(Map.Entry::getValue)
			.toList();
	}

	private Look look() {
		Look last = this.look;
		if (last != null && System.nanoTime() - last.takenAt() < FRESH) {
			return last;
		}
		Look fresh = new Look(this.client.snapshot().get(), System.nanoTime());
		this.look = fresh;
		if (isOutdated(fresh.snapshot().hosts().keySet()) && this.reconciling.compareAndSet(false, true)) {
			// Whoever reads gauges may not expect others to come and go meanwhile.
			Schedulers.boundedElastic().schedule(this::reconcile);
		}
		return fresh;
	}

	private boolean isOutdated(Set<String> live) {
		boolean forgotten = !live.containsAll(this.hosts.keySet());
		boolean unknown = !this.hosts.keySet().containsAll(live);
		return forgotten || (unknown ? this.hosts.size() < MAX_HOSTS : this.others != null);
	}

	/**
	 * Remove the meters of forgotten hosts, and add those of hosts that nothing was heard
	 * of yet.
	 */
	void reconcile() {
		this.reconciling.set(false);
		Set<String> known = Set.copyOf(this.hosts.keySet());
		Map<String, HostSnapshot> live = this.client.snapshot().get().hosts();
		known.stream().filter((host) -> !live.containsKey(host)).forEach(this::forget);
		live.forEach((host, snapshot) -> host(host).speaks(snapshot.protocol()));
		if (this.hosts.keySet().containsAll(live.keySet())) {
			forgetOthers();
		}
	}

	private synchronized void forget(String host) {
		HostMeters meters = this.hosts.remove(host);
		if (meters != null && !this.hosts.containsValue(meters)) {
			meters.remove();
		}
	}

	private synchronized void forgetOthers() {
		HostMeters shared = this.others;
		if (shared != null) {
			this.others = null;
			shared.remove();
		}
	}

	/**
	 * The client at one instant.
	 */
	private record Look(ClientSnapshot snapshot, long takenAt) {
	}

}
