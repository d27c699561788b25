package dev.connpool.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
		this.configured.names()
			.forEach((name) -> origins(name)
				.forEach((origin, host) -> opening.add(open(name, origin, host.timeouts()))));
		if (!opening.isEmpty()) {
			Mono.when(opening).block();
		}
	}

	private Map<String, HostSettings> origins(String name) {
		ClientSettings settings = this.configured.settings(name);
		Map<String, HostSettings> origins = origins(settings);
		if (origins.isEmpty() && settings.pool().minIdleConnections() > 0) {
			logger.warn("Client '%s' opens no connections beforehand, as '%s' asks for: it has no '%s' to connect to"
				.formatted(name, this.configured.property(name, "pool.min-idle-connections"),
						name.equals(ConnPoolClients.DEFAULT) ? "conn-pool.base-url"
								: "conn-pool.clients.%s.base-url".formatted(name)));
		}
		return origins;
	}

	private Mono<Void> open(String name, String origin, TimeoutSettings timeouts) {
		PooledConnectorBuilder connector = this.connectors.get(name);
		Mono<Void> prepared = connector.door().pooled().prepare(connector.httpClient(), origin);
		return prepared.take(longest(timeouts)).onErrorResume((ex) -> {
			logger.warn("Client '%s' opens no connections to %s beforehand".formatted(name, origin), ex);
			return Mono.empty();
		});
	}

	private static Duration longest(TimeoutSettings timeouts) {
		return timeouts.connect().plus(timeouts.tlsHandshake()).multipliedBy(2);
	}

	private static Map<String, HostSettings> origins(ClientSettings settings) {
		URI baseUrl = settings.baseUrl();
		Map<String, HostSettings> origins = new LinkedHashMap<>();
		if (baseUrl != null) {
			HostSettings own = settings.host(baseUrl.getHost(), port(baseUrl));
			if (own.pool().minIdleConnections() > 0) {
				origins.put("%s://%s:%d".formatted(baseUrl.getScheme(), baseUrl.getHost(), port(baseUrl)), own);
			}
			settings.hosts().forEach((authority, host) -> {
				if (host.pool().minIdleConnections() > 0) {
					origins.put("%s://%s".formatted(baseUrl.getScheme(), authority), host);
				}
			});
		}
		return origins;
	}

	private static int port(URI url) {
		return (url.getPort() != -1) ? url.getPort() : "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
	}

}
