package dev.connpool.web;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
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

	private final Supplier<Set<String>> reload;

	/**
	 * Create the clients.
	 * @param clients the clients, the default client first
	 */
	public ConnPoolClients(Collection<ConnPoolClient> clients) {
		this(clients, Set::of);
	}

	/**
	 * Create the clients, of which some may change.
	 * @param clients the clients, the default client first
	 * @param reload reads their settings once more, and returns the names of those that
	 * changed
	 */
	public ConnPoolClients(Collection<ConnPoolClient> clients, Supplier<Set<String>> reload) {
		this.reload = reload;
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

	/**
	 * Read the properties of all clients once more. A client whose settings changed uses
	 * new connections from now on, drains the old ones, and stays the same bean. If a
	 * value cannot be honoured, or cannot be changed while the application runs, the
	 * error names the property, and all clients stay as they were.
	 * @return the names of the clients whose settings changed
	 */
	public Set<String> reload() {
		return Collections.unmodifiableSet(this.reload.get());
	}

	@Override
	public Iterator<ConnPoolClient> iterator() {
		return stream().iterator();
	}

}
