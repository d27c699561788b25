package dev.connpool.autoconfigure.binding;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import dev.connpool.settings.ReplaySettings;
import org.jspecify.annotations.Nullable;

/**
 * What can be written about sending requests again.
 *
 * @param enabled Whether to send a request again when that cannot do harm: the server did
 * not process it, or it is idempotent and a reused connection broke before the response.
 * @param budgetRatio Maximum share of the requests of the last ten seconds, from 0 to 1,
 * that is sent again, on top of the minimum per second.
 * @param minPerSecond Number of replays allowed each second however few requests there
 * are.
 * @param retryStatuses Statuses after which an idempotent request is sent again, such as
 * 429 and 503. A Retry-After header is honoured.
 */
record ReplayProperties(@Nullable Boolean enabled, @Nullable Double budgetRatio, @Nullable Integer minPerSecond,
		@Nullable Set<Integer> retryStatuses) {

	ReplaySettings over(ReplaySettings base) {
		return new ReplaySettings(Absent.or(this.enabled, base.enabled()),
				Absent.or(this.budgetRatio, base.budgetRatio()), Absent.or(this.minPerSecond, base.minPerSecond()),
				(this.retryStatuses != null) ? this.retryStatuses : base.retryStatuses());
	}

	/**
	 * Return what is written.
	 * @return the values, by name; {@code null} for what is not written
	 */
	Map<String, @Nullable Object> values() {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		values.put("enabled", this.enabled);
		values.put("budget-ratio", this.budgetRatio);
		values.put("min-per-second", this.minPerSecond);
		values.put("retry-statuses", this.retryStatuses);
		return values;
	}

}
