package dev.connpool.pool.memory;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

import dev.connpool.settings.EndpointSettings;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.HostSnapshot;

/**
 * What is remembered of the hosts of one client. Of a hundred it is remembered how they
 * were; when there are more, one that nobody has used for a minute makes room. Safe for
 * use by many threads.
 */
public final class ClientMemory {

	private static final long UNUSED = Duration.ofMinutes(1).toNanos();

	/**
	 * For how long a memory is kept that no pool is seen to have: whoever asked for it is
	 * still making its pool. That takes far less.
	 */
	private static final long ASKED_FOR = Duration.ofMinutes(1).toNanos();

	private final int slots;

	private final int events;

	private final Map<String, HostMemory> hosts = new ConcurrentHashMap<>();

	/** One for each host that may be remembered beyond a minute. */
	private final Semaphore room = new Semaphore(ClientSnapshot.MOST_HOSTS);

	/**
	 * Create a memory of nothing.
	 * @param settings say for how long to remember
	 */
	public ClientMemory(EndpointSettings settings) {
		this.slots = (int) (settings.history().toNanos() / History.SLOT);
		this.events = settings.events();
	}

	/**
	 * Return what is remembered of a host. Does not wait for a look.
	 * @param origin the host as {@code scheme://host:port}
	 * @return the memory, empty at first
	 */
	public HostMemory of(String origin) {
		return of(origin, System.nanoTime());
	}

	HostMemory of(String origin, long now) {
		// Within the map, so that a look sees it in time or has dropped it before.
		HostMemory host = Objects.requireNonNull(this.hosts.compute(origin, (same, known) -> {
			HostMemory asked = (known != null) ? known : new HostMemory();
			asked.askedFor(now);
			return asked;
		}));
		if (host.past() == null && this.room.tryAcquire()) {
			beginPast(host, now);
		}
		return host;
	}

	// Whoever calls this has taken room for it.
	private void beginPast(HostMemory host, long now) {
		if (!host.beginPast(new Past(this.slots, this.events, now))) {
			this.room.release();
		}
	}

	/**
	 * Remember how the hosts are. To be called each ten seconds.
	 * @param now the client now
	 * @param open the addresses that there are connections to, by host, for each host
	 * that a pool has
	 */
	public void remember(ClientSnapshot now, Map<HostMemory, Set<SocketAddress>> open) {
		remember(now, open, System.nanoTime());
	}

	synchronized void remember(ClientSnapshot now, Map<HostMemory, Set<SocketAddress>> open, long time) {
		this.hosts.keySet().forEach((origin) -> forgetUnlessNeeded(origin, open.keySet(), time));
		open.forEach((host, addresses) -> host.look(time, addresses));
		now.hosts().forEach((origin, snapshot) -> {
			HostMemory host = this.hosts.get(origin);
			if (host != null) {
				remember(host, snapshot, time);
			}
		});
	}

	private void forgetUnlessNeeded(String origin, Set<HostMemory> needed, long time) {
		HostMemory host = this.hosts.get(origin);
		if (host == null || needed.contains(host)) {
			return;
		}
		HostMemory left = this.hosts.computeIfPresent(origin,
				(same, known) -> (time - known.askedFor() < ASKED_FOR) ? known : null);
		if (left == null && host.endPast()) {
			this.room.release();
		}
	}

	private void remember(HostMemory host, HostSnapshot snapshot, long time) {
		if (host.past() == null && snapshot.connections().active() > 0 && makeRoom(time)) {
			beginPast(host, time);
		}
		Past past = host.past();
		if (past != null) {
			past.remember(time, snapshot, host.meanwhile());
		}
	}

	private boolean makeRoom(long time) {
		if (this.room.tryAcquire()) {
			return true;
		}
		return this.hosts.values()
			.stream()
			.filter((host) -> unused(host, time) > UNUSED)
			.max(Comparator.comparingLong((host) -> unused(host, time)))
			.map(HostMemory::endPast)
			.orElse(false);
	}

	private static long unused(HostMemory host, long time) {
		Past past = host.past();
		return (past != null) ? time - past.usedAt() : 0;
	}

}
