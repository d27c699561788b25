package dev.connpool.pool;

import dev.connpool.pool.exchange.CallSites;
import dev.connpool.pool.exchange.InFlightExchanges;
import dev.connpool.pool.host.ReplayBudgets;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Proxies;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told from one change of its settings to the next.
 *
 * @param number counts the changes, from 1
 * @param settings the settings
 * @param proxies finds the proxy for a host
 * @param replayBudgets cap what is sent again
 * @param tick how often deadlines are looked at, in nanoseconds
 * @param callSites finds out who calls, or {@code null} if that is not asked for
 */
public record SettingsGeneration(int number, ClientSettings settings, Proxies proxies, ReplayBudgets replayBudgets,
		long tick, @Nullable CallSites callSites) {

	static SettingsGeneration first(ClientSettings settings) {
		return of(1, settings, new ReplayBudgets(settings, null));
	}

	/**
	 * Return what follows when the settings change.
	 * @param next the settings from then on
	 * @return the next generation, which has used up as much of its budgets as this one
	 * unless they change too
	 */
	SettingsGeneration next(ClientSettings next) {
		return of(this.number + 1, next, new ReplayBudgets(next, this.replayBudgets));
	}

	private static SettingsGeneration of(int number, ClientSettings settings, ReplayBudgets budgets) {
		return new SettingsGeneration(number, settings, Proxies.of(settings.proxy()), budgets,
				InFlightExchanges.tick(settings), settings.leaks().isEnabled() ? new CallSites() : null);
	}

	/**
	 * Return whether there is a protocol to speak with hosts of a kind.
	 * @param secure whether they are those of {@code https}
	 * @return whether connections to them are of use
	 */
	boolean speaks(boolean secure) {
		return this.settings.protocols().stream().anyMatch((protocol) -> protocol.isSpokenOver(secure));
	}

}
