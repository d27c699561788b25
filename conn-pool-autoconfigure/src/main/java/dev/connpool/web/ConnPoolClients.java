package dev.connpool.web;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All clients of an application, by name.
 */
public final class ConnPoolClients implements Iterable<ConnPoolClient> {

	/**
	 * The name of the client that is configured directly under {@code conn-pool}.
	 */
	public static final String DEFAULT = "default";

	private final Map<String, ConnPoolClient> clients = new LinkedHashMap<>();

	/**
	 * Create the clients.
	 * @param clients the clients, the default client first
	 */
	public ConnPoolClients(Collection<ConnPoolClient> clients) {
		clients.forEach((client) -> this.clients.put(client.name(), client));
	}

	/**
	 * Return one client.
	 * @param name the client name, {@value #DEFAULT} for the default client
	 * @return the client
	 * @throws IllegalArgumentException if there is no client of that name
	 */
	public ConnPoolClient get(String name) {
		ConnPoolClient client = this.clients.get(name);
		if (client == null) {
			throw new IllegalArgumentException("There is no client '%s', only '%s'; configure it under '%s'"
				.formatted(name, String.join("', '", names()), "conn-pool.clients." + name));
		}
		return client;
	}

	/**
	 * Return the names of all clients.
	 * @return the names, the default client's first
	 */
	public Set<String> names() {
		return Collections.unmodifiableSet(this.clients.keySet());
	}

	/**
	 * Return all clients.
	 * @return the clients, the default client first
	 */
	public Stream<ConnPoolClient> stream() {
		return this.clients.values().stream();
	}

	@Override
	public Iterator<ConnPoolClient> iterator() {
		return stream().iterator();
	}

}
