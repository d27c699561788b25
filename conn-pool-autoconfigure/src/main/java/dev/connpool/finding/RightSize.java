package dev.connpool.finding;

import dev.connpool.settings.Durations;
import org.jspecify.annotations.Nullable;

/**
 * Works out how many connections the load needs, by Little's law: as many are in use as
 * requests begin each second, times how long each takes.
 */
final class RightSize implements Rule.HostCheck {

	/** Fewer looks say nothing about what lasts. */
	private static final int FEW = 6;

	/** Callers that may wait on average. */
	private static final double SOME = 1;

	/**
	 * Share of the limit that is in use on average. With less, callers wait for dials.
	 */
	private static final double FULL = 0.8;

	private static final double RESERVE = 1.25;

	@Override
	public @Nullable String check(HostEvidence host) {
		HostEvidence.Load load = host.load();
		int max = host.settings().pool().maxConnectionsPerHost();
		int needed = (int) Math.ceil((load.busy() + load.waiting()) * RESERVE);
		if (!host.speaksHttp1() || max == 0 || needed <= max || load.looks() < FEW || load.waiting() < SOME
				|| load.busy() < FULL * max || load.perSecond() <= 0) {
			return null;
		}
		double underWay = load.busy() + load.waiting();
		return "Over %s, %.1f requests began each second and took %.3f s with their wait: %.1f x %.3f = %.1f were under way at once (%.1f in use, %.1f waiting), but %d connections are allowed. With a quarter more in reserve, set %s to %d."
			.formatted(Durations.rounded(load.over()), load.perSecond(), underWay / load.perSecond(), load.perSecond(),
					underWay / load.perSecond(), underWay, load.busy(), load.waiting(), max,
					host.property("pool.max-connections-per-host"), needed);
	}

}
