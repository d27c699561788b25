package dev.connpool.testing;

import java.util.Set;
import java.util.TreeSet;

/**
 * The reasons that clients count by, so that a misspelt one is not taken for one that did
 * not occur.
 */
enum Reasons {

	CLOSED("connections are closed",
			Set.of("idle-timeout", "max-lifetime", "max-idle-per-host", "max-idle", "peer-closed", "peer-reset",
					"goaway", "ping-timeout", "response-timeout", "request-timeout", "cancelled", "leaked",
					"refused-upgrade", "protocol-error", "tls-error", "connect-error", "keep-alive-off", "drained",
					"idle-closed", "address-removed", "superseded", "evicted", "shutdown")),

	REPLAYED("requests are sent again", Set.of("not-written", "goaway", "refused-stream", "connection-lost", "status"));

	private final String what;

	@SuppressWarnings("ImmutableEnumChecker")
	private final Set<String> ids;

	Reasons(String what, Set<String> ids) {
		this.what = what;
		this.ids = ids;
	}

	Set<String> ids() {
		return this.ids;
	}

	void require(String reason) {
		if (!this.ids.contains(reason)) {
			throw new IllegalArgumentException("There is no reason '%s' for which %s, only %s".formatted(reason,
					this.what, String.join(", ", new TreeSet<>(this.ids))));
		}
	}

}
