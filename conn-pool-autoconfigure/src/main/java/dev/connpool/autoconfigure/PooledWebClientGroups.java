package dev.connpool.autoconfigure;

import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/**
 * Gives the HTTP service groups of {@link WebClient} the client of their name.
 */
final class PooledWebClientGroups implements WebClientHttpServiceGroupConfigurer {

	/**
	 * After Boot's configurers (the highest precedence and 0), of which the last puts the
	 * default connector into every group.
	 */
	static final int ORDER = 100;

	private final PooledConnectors connectors;

	PooledWebClientGroups(PooledConnectors connectors) {
		this.connectors = connectors;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void configureGroups(Groups<WebClient.Builder> groups) {
		groups.forEachClient((group, builder) -> this.connectors.apply(group.name(), builder));
	}

}
