package dev.connpool.autoconfigure;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The connectors of all clients.
 */
final class PooledConnectors {

	private final Map<String, PooledConnectorBuilder> builders;

	PooledConnectors(ClientDoors doors, List<ClientHttpConnectorBuilderCustomizer<?>> customizers) {
		ReactorClientHttpConnectorBuilder builder = customize(ClientHttpConnectorBuilder.reactor(), customizers);
		this.builders = doors.each((door) -> new PooledConnectorBuilder(door, builder));
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
					() -> webClients.apply(entry.getKey())))
			.toList(), reload);
	}

	@SuppressWarnings("unchecked")
	private static ReactorClientHttpConnectorBuilder customize(ReactorClientHttpConnectorBuilder builder,
			List<ClientHttpConnectorBuilderCustomizer<?>> customizers) {
		ReactorClientHttpConnectorBuilder[] customized = { builder };
		LambdaSafe.callbacks(ClientHttpConnectorBuilderCustomizer.class, customizers, builder)
			.invoke((customizer) -> customized[0] = (ReactorClientHttpConnectorBuilder) customizer
				.customize(customized[0]));
		return customized[0];
	}

}
