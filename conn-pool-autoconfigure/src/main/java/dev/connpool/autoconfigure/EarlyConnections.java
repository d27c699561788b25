package dev.connpool.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.TimeoutSettings;
import dev.connpool.web.ConnPoolClients;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The connections that clients open before the application is ready, to the hosts that
 * they are configured with.
 */
final class EarlyConnections {

	private static final Log logger = LogFactory.getLog(EarlyConnections.class);

	private final PooledConnectors connectors;

	private final ConfiguredClients configured;

	EarlyConnections(PooledConnectors connectors, ConfiguredClients configured) {
		this.connectors = connectors;
		this.configured = configured;
	}

	/**
	 * Open the connections and wait for them, for no longer than it may take to open one
	 * after another that shows how many there should be.
	 */
	void open() {
		Flux.fromIterable(this.configured.names()).flatMap(this::open, Integer.MAX_VALUE).blockLast();
	}

	private Mono<Void> open(String name) {
		ClientSettings settings = this.configured.settings(name);
		List<String> origins = origins(settings);
		if (origins.isEmpty() && settings.pool().minIdleConnections() > 0) {
			logger.warn("Client '%s' opens no connections beforehand, as '%s' asks for: it has no '%s' to connect to"
				.formatted(name, this.configured.property(name, "pool.min-idle-connections"),
						name.equals(ConnPoolClients.DEFAULT) ? "conn-pool.base-url"
								: "conn-pool.clients.%s.base-url".formatted(name)));
		}
		return Flux.fromIterable(origins)
			.flatMap((origin) -> open(name, origin), Integer.MAX_VALUE)
			.take(longest(settings.timeouts()))
			.then();
	}

	private Mono<Void> open(String name, String origin) {
		PooledConnectorBuilder connector = this.connectors.get(name);
		return connector.door().pooled().prepare(connector.httpClient(), origin).onErrorResume((ex) -> {
			logger.warn("Client '%s' opens no connections to %s beforehand".formatted(name, origin), ex);
			return Mono.empty();
		});
	}

	private static Duration longest(TimeoutSettings timeouts) {
		return timeouts.connect().plus(timeouts.tlsHandshake()).multipliedBy(2);
	}

	private static List<String> origins(ClientSettings settings) {
		URI baseUrl = settings.baseUrl();
		List<String> origins = new ArrayList<>();
		if (baseUrl != null) {
			if (settings.host(baseUrl.getHost(), port(baseUrl)).pool().minIdleConnections() > 0) {
				origins.add("%s://%s:%d".formatted(baseUrl.getScheme(), baseUrl.getHost(), port(baseUrl)));
			}
			settings.hosts().forEach((authority, host) -> {
				if (host.pool().minIdleConnections() > 0) {
					origins.add("%s://%s".formatted(baseUrl.getScheme(), authority));
				}
			});
		}
		return origins;
	}

	private static int port(URI url) {
		return (url.getPort() != -1) ? url.getPort() : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
	}

}
