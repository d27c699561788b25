package dev.connpool.autoconfigure;

import org.springframework.core.Ordered;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientHttpServiceGroupConfigurer;

/**
 * Gives the HTTP service groups of {@link RestClient} the client of their name.
 */
final class PooledRestClientGroups implements RestClientHttpServiceGroupConfigurer {

	/**
	 * Next to Boot's configurer that puts the default request factory into every group
	 * (the highest precedence + 10), so that whatever the application configures itself,
	 * such as a mock server, comes later.
	 */
	static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 11;

	private final PooledRequestFactories requestFactories;

	PooledRestClientGroups(PooledRequestFactories requestFactories) {
		this.requestFactories = requestFactories;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void configureGroups(Groups<RestClient.Builder> groups) {
		groups.forEachClient((group, builder) -> this.requestFactories.apply(group.name(), builder));
	}

}
