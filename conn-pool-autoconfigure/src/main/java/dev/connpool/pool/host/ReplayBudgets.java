package dev.connpool.pool.host;

import java.util.HashMap;
import java.util.Map;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.ReplaySettings;
import org.jspecify.annotations.Nullable;

/**
 * The replay budgets of one client: one that its hosts share, and one for each host that
 * was given another. Safe for use by many threads.
 */
public final class ReplayBudgets {

	private final ClientSettings settings;

	private final ReplayBudget shared;

	/** By authority. */
	private final Map<String, ReplayBudget> own = new HashMap<>();

	/** The same by what is set for the host. */
	private final Map<HostSettings, ReplayBudget> bySettings = new HashMap<>();

	/**
	 * Create budgets.
	 * @param settings the settings of the client
	 * @param before the budgets so far, which go on where nothing changes, or
	 * {@code null}
	 */
	public ReplayBudgets(ClientSettings settings, @Nullable ReplayBudgets before) {
		this.settings = settings;
		this.shared = (before != null && isAlike(before.settings.replay(), settings.replay())) ? before.shared
				: create(settings.replay());
		settings.hosts().forEach((authority, host) -> {
			if (!isAlike(host.replay(), settings.replay())) {
				ReplayBudget known = (before != null) ? before.own(authority, host) : null;
				ReplayBudget budget = (known != null) ? known : create(host.replay());
				this.own.put(authority, budget);
				this.bySettings.put(host, budget);
			}
		});
	}

	private @Nullable ReplayBudget own(String authority, HostSettings next) {
		HostSettings host = this.settings.hosts().get(authority);
		return (host != null && isAlike(host.replay(), next.replay())) ? this.own.get(authority) : null;
	}

	private static boolean isAlike(ReplaySettings one, ReplaySettings other) {
		return one.budgetRatio() == other.budgetRatio() && one.minPerSecond() == other.minPerSecond();
	}

	private static ReplayBudget create(ReplaySettings settings) {
		return new ReplayBudget(settings, System.nanoTime());
	}

	/**
	 * Return the budget of a host.
	 * @param host the settings for the host
	 * @return its own, or the one of the client
	 */
	public ReplayBudget of(HostSettings host) {
		return this.bySettings.getOrDefault(host, this.shared);
	}

}
