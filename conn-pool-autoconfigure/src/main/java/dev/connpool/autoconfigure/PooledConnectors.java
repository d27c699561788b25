package dev.connpool.autoconfigure;

import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The connectors of all clients.
 */
final class PooledConnectors {

	private static final Log logger = LogFactory.getLog(PooledConnectors.class);

	private final Map<String, PooledConnectorBuilder> builders;

	PooledConnectors(ClientDoors doors, CustomizedBuilder<ReactorClientHttpConnectorBuilder> customized,
			TransportChoice choice) {
		this.builders = doors.each((door) -> new PooledConnectorBuilder(door, customized, choice));
		this.builders.forEach((name, builder) -> logger
			.info(new StartReport(name, builder.door().pooled().settings(), builder.transport())));
	}

	/**
	 * Return the connectors of one client.
	 * @param name the client name
	 * @return its connectors, or those of the default client if there is no client of
	 * that name
	 */
	PooledConnectorBuilder get(String name) {
		PooledConnectorBuilder builder = this.builders.get(name);
		return (builder != null) ? builder : Objects.requireNonNull(this.builders.get(ConnPoolClients.DEFAULT));
	}

	/**
	 * Return the names of the clients.
	 * @return the names, the default client's first
	 */
	Set<String> names() {
		return this.builders.keySet();
	}

	/**
	 * Return what relative URLs of a client are resolved against.
	 * @param name the client name
	 * @return the base URL, or {@code null}
	 */
	@Nullable URI baseUrl(String name) {
		return get(name).door().pooled().settings().baseUrl();
	}

	/**
	 * Make the clients that applications use.
	 * @param webClients makes the {@code WebClient} of a client name
	 * @param reload reads the settings once more
	 * @return the clients
	 */
	ConnPoolClients clients(Function<String, WebClient> webClients, Supplier<Set<String>> reload) {
		return new ConnPoolClients(this.builders.entrySet()
			.stream()
			.map((entry) -> new ConnPoolClient(entry.getValue().door().pooled(), entry.getValue().httpClient(),
					entry.getValue().transport(), () -> webClients.apply(entry.getKey())))
			.toList(), reload);
	}

}
