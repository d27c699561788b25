package dev.connpool.autoconfigure;

import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/**
 * Gives the HTTP service groups of {@link RestClient} the client of their name.
 */
final class PooledRestClientGroups implements RestClientHttpServiceGroupConfigurer {

	private final PooledRequestFactories requestFactories;

	PooledRestClientGroups(PooledRequestFactories requestFactories) {
		this.requestFactories = requestFactories;
	}

	@Override
	public int getOrder() {
		return PooledWebClientGroups.ORDER;
	}

	@Override
	public void configureGroups(Groups<RestClient.Builder> groups) {
		groups.forEachClient((group, builder) -> this.requestFactories.apply(group.name(), builder));
	}

}
