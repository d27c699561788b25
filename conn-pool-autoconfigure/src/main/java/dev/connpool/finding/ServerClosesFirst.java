package dev.connpool.finding;

import java.time.Duration;

import dev.connpool.settings.Durations;
import dev.connpool.settings.IdleTimeout;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a server closes idle connections before the client does.
 */
final class ServerClosesFirst implements Rule.HostCheck {

	@Override
	public @Nullable String check(HostEvidence host) {
		Duration learned = host.now().serverIdleLimit();
		IdleTimeout configured = host.settings().pool().idleTimeout();
		if (learned == null || configured.auto()
				|| (!configured.isNone() && configured.longest().compareTo(learned) <= 0)) {
			return null;
		}
		return "The server closes connections after they have been idle for about %s, before the idle timeout of %s; a request that is sent just then is lost. Set %s to '%s', or to 'auto'."
			.formatted(Durations.rounded(learned), configured.isNone() ? "none" : Durations.exact(configured.longest()),
					host.property("pool.idle-timeout"), Durations.property(justUnder(learned)));
	}

	private static Duration justUnder(Duration idle) {
		Duration less = idle.multipliedBy(9).dividedBy(10);
		return (less.toSeconds() > 0) ? Duration.ofSeconds(less.toSeconds()) : Duration.ofMillis(less.toMillis());
	}

}
