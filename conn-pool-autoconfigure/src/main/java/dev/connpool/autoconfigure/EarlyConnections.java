package dev.connpool.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.TimeoutSettings;
import dev.connpool.web.ConnPoolClients;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
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
		List<Mono<Void>> opening = new ArrayList<>();
		this.configured.names().forEach((name) -> origins(name).forEach((origin) -> opening.add(open(name, origin))));
		if (!opening.isEmpty()) {
			Mono.when(opening).block();
		}
	}

	private List<String> origins(String name) {
		ClientSettings settings = this.configured.settings(name);
		List<String> origins = origins(settings);
		if (origins.isEmpty() && settings.pool().minIdleConnections() > 0) {
			logger.warn("Client '%s' opens no connections beforehand, as '%s' asks for: it has no '%s' to connect to"
				.formatted(name, this.configured.property(name, "pool.min-idle-connections"),
						name.equals(ConnPoolClients.DEFAULT) ? "conn-pool.base-url"
								: "conn-pool.clients.%s.base-url".formatted(name)));
		}
		return origins;
	}

	private Mono<Void> open(String name, String origin) {
		PooledConnectorBuilder connector = this.connectors.get(name);
		Mono<Void> prepared = connector.door().pooled().prepare(connector.httpClient(), origin);
		URI url = URI.create(origin);
		HostSettings host = this.configured.settings(name).host(url.getHost(), port(url));
		return prepared.take(longest(host.timeouts())).onErrorResume((ex) -> {
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
