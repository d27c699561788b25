package dev.connpool.autoconfigure;

import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientHttpServiceGroupConfigurer;

/**
 * Gives the HTTP service groups of {@link WebClient} the client of their name.
 */
final class PooledWebClientGroups implements WebClientHttpServiceGroupConfigurer {

	/**
	 * Next to Boot's configurer that puts the default connector into every group (the
	 * highest precedence), so that whatever the application configures itself comes
	 * later.
	 */
	static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 1;

	private final PooledWebClients webClients;

	PooledWebClientGroups(PooledWebClients webClients) {
		this.webClients = webClients;
	}

	@Override
	public int getOrder() {
		return ORDER;
	}

	@Override
	public void configureGroups(Groups<WebClient.Builder> groups) {
		groups.forEachClient((group, builder) -> this.webClients.prepare(group.name(), builder));
	}

}
