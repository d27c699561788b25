package dev.connpool.finding;

import org.jspecify.annotations.Nullable;

/**
 * Notices beans that are known to bring an HTTP client of their own, whose connections
 * are none of those seen here. Begins and ends with the application.
 */
final class NotPooled implements Rule.SettingsCheck {

	@Override
	public @Nullable String check(ClientEvidence client) {
		return client.unpooled().isEmpty() ? null
				: "Requests of %s go over connections of their own, which no limit and no other finding is about. Have them use this client where they can, or silence this rule."
					.formatted(String.join(", ", client.unpooled()));
	}

}
