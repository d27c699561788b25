package dev.connpool.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.web.ConnPoolClientCustomizer;

import org.springframework.boot.http.client.HttpClientSettings;

/**
 * The doors of all clients.
 */
final class ClientDoors {

	private final Map<String, ClientDoor> doors = new LinkedHashMap<>();

	ClientDoors(ConfiguredClients configured, PooledClients pooled, ClientTls tls, HttpClientSettings shared,
			List<NamedBean<ConnPoolClientCustomizer>> customizers) {
		configured.names().forEach((name) -> {
			ClientDoor door = new ClientDoor(pooled.get(name), tls, configured.bootSettings(name, shared), customizers);
			this.doors.put(name, door);
		});
	}

	/**
	 * Make something for each door.
	 * @param <T> what to make
	 * @param make makes it
	 * @return what was made, by client name
	 */
	<T> Map<String, T> each(Function<ClientDoor, T> make) {
		Map<String, T> made = new LinkedHashMap<>();
		this.doors.forEach((name, door) -> made.put(name, make.apply(door)));
		return made;
	}

}
