package dev.connpool.pool.memory;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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

	private final int slots;

	private final int events;

	private final Map<String, HostMemory> hosts = new ConcurrentHashMap<>();

	/**
	 * Create a memory of nothing.
	 * @param settings say for how long to remember
	 */
	public ClientMemory(EndpointSettings settings) {
		this.slots = (int) (settings.history().toNanos() / History.SLOT);
		this.events = settings.events();
	}

	/**
	 * Return what is remembered of a host.
	 * @param origin the host as {@code scheme://host:port}
	 * @return the memory, empty at first
	 */
	public HostMemory of(String origin) {
		HostMemory known = this.hosts.computeIfAbsent(origin, (absent) -> new HostMemory());
		if (known.past() == null && withPast() < ClientSnapshot.MOST_HOSTS) {
			remember(known, System.nanoTime());
		}
		return known;
	}

	private long withPast() {
		return this.hosts.values().stream().filter((host) -> host.past() != null).count();
	}

	private void remember(HostMemory host, long now) {
		host.past(new Past(this.slots, this.events, now));
	}

	/**
	 * Remember how the hosts are. To be called each ten seconds.
	 * @param now the client now
	 * @param open the addresses that there are connections to, by host
	 */
	public synchronized void remember(ClientSnapshot now, Map<HostMemory, Set<SocketAddress>> open) {
		long time = System.nanoTime();
		this.hosts.keySet().retainAll(now.hosts().keySet());
		open.forEach((host, addresses) -> host.look(time, addresses));
		now.hosts().forEach((origin, snapshot) -> {
			HostMemory host = this.hosts.get(origin);
			if (host != null) {
				remember(host, snapshot, time);
			}
		});
	}

	private void remember(HostMemory host, HostSnapshot snapshot, long time) {
		if (host.past() == null && snapshot.connections().active() > 0 && makeRoom(time)) {
			remember(host, time);
		}
		Past past = host.past();
		if (past != null) {
			past.remember(time, snapshot, host.meanwhile());
		}
	}

	private boolean makeRoom(long time) {
		if (withPast() < ClientSnapshot.MOST_HOSTS) {
			return true;
		}
		return this.hosts.values()
			.stream()
			.filter((host) -> usedAt(host, time) < time - UNUSED)
			.min(Comparator.comparingLong((host) -> usedAt(host, time) - time))
			.map((host) -> {
				host.past(null);
				return true;
			})
			.orElse(false);
	}

	private static long usedAt(HostMemory host, long time) {
		Past past = host.past();
		return (past != null) ? past.usedAt() : time;
	}

}
