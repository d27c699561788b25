package dev.connpool.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.client.PooledHttpClient;
import dev.connpool.listener.ConnectionListeners;
import dev.connpool.settings.Proxies;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Owns the pools of all clients.
 */
final class PooledClients implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(PooledClients.class);

	private final Map<String, PooledHttpClient> clients = new LinkedHashMap<>();

	PooledClients(ConfiguredClients configured, ClientTls tls, @Nullable LoopResources loops,
			ConnectionListeners listeners) {
		configured.names().forEach((name) -> {
			PooledHttpClient client = new PooledHttpClient(name, configured.settings(name),
					tls.material(tls.bundle(name)), loops, listeners);
			this.clients.put(name, client);
			tls.follow(client);
			Proxies.of(configured.settings(name).proxy())
				.ignored()
				.forEach((entry) -> logger.warn("Client '%s' ignores an entry: %s".formatted(name, entry)));
		});
	}

	PooledHttpClient get(String name) {
		return Objects.requireNonNull(this.clients.get(name));
	}

	/**
	 * Make what first connections need, in the background.
	 */
	void warmUp() {
		this.clients.values().forEach(PooledHttpClient::warmUp);
	}

	/**
	 * Refuse new exchanges and wait for those under way.
	 * @return completes when all exchanges of all clients ended
	 */
	Mono<Void> shutdown() {
		return Flux.fromIterable(this.clients.values()).flatMapDelayError(PooledHttpClient::shutdown, 256, 1).then();
	}

	@Override
	public void close() {
		this.clients.values().forEach(PooledHttpClient::close);
	}

}
