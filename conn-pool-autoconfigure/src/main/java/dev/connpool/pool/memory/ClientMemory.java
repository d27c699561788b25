package dev.connpool.pool.memory;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is remembered of the hosts of one client. Safe for use by many threads.
 */
public final class ClientMemory {

	private final Map<String, HostMemory> hosts = new ConcurrentHashMap<>();

	/**
	 * Return what is remembered of a host.
	 * @param origin the host as {@code scheme://host:port}
	 * @return the memory, empty at first
	 */
	public HostMemory of(String origin) {
		return this.hosts.computeIfAbsent(origin, (absent) -> new HostMemory());
	}

	/**
	 * Forget hosts that nobody needs any more.
	 * @param used the hosts that are needed
	 */
	public void keep(Set<String> used) {
		this.hosts.keySet().retainAll(used);
	}

}
