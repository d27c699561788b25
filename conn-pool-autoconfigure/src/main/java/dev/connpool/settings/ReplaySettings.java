package dev.connpool.settings;

import java.util.Set;

/**
 * When a client sends a request again by itself.
 *
 * @param enabled whether it does at all
 * @param budgetRatio replays as a share of the requests of the last ten seconds, from 0
 * to 1
 * @param minPerSecond replays that are allowed every second however few requests there
 * are
 * @param retryStatuses statuses after which an idempotent request is sent again; none by
 * default
 */
public record ReplaySettings(boolean enabled, double budgetRatio, int minPerSecond, Set<Integer> retryStatuses) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final ReplaySettings DEFAULTS = new ReplaySettings(true, 0.2, 10, Set.of());

	private static final int FIRST_ERROR = 400;

	private static final int LAST_ERROR = 599;

	public ReplaySettings {
		if (!(budgetRatio >= 0 && budgetRatio <= 1)) {
			throw new InvalidSettingException("replay.budget-ratio", budgetRatio, "must be from 0 to 1");
		}
		Require.atLeast("replay.min-per-second", minPerSecond, 0, "; set 'replay.enabled' to false to turn replay off");
		for (Integer status : retryStatuses) {
			if (status < FIRST_ERROR || status > LAST_ERROR) {
				throw new InvalidSettingException("replay.retry-statuses", status,
						"must be from %d to %d, as in '429, 503'".formatted(FIRST_ERROR, LAST_ERROR));
			}
		}
		retryStatuses = Set.copyOf(retryStatuses);
	}

}
