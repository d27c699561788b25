package dev.connpool.pool.host;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.ReplaySettings;
import dev.connpool.settings.TimeoutSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReplayBudgets}.
 */
class ReplayBudgetsTests {

	private static final HostSettings PLAIN = HostSettings.of(ClientSettings.DEFAULTS);

	private static final HostSettings OWN = host(new ReplaySettings(true, 0.5, 1, Set.of()), "own");

	@Test
	void hostsShareABudgetUnlessTheyHaveTheirOwn() {
		HostSettings statuses = host(new ReplaySettings(true, 0.2, 10, Set.of(503)), "statuses");
		ReplayBudgets budgets = new ReplayBudgets(client(Map.of("own", OWN, "statuses", statuses)), null);
		assertThat(budgets.of(PLAIN)).isSameAs(budgets.of(statuses)).isNotSameAs(budgets.of(OWN));
	}

	@Test
	void hostsWithBudgetsOfTheirOwnDoNotShareThem() {
		HostSettings other = host(OWN.replay(), "other");
		ReplayBudgets budgets = new ReplayBudgets(client(Map.of("own", OWN, "other", other)), null);
		assertThat(budgets.of(other)).isNotSameAs(budgets.of(OWN));
	}

	@Test
	void aBudgetGoesOnWhenOtherSettingsChange() {
		ReplayBudgets before = new ReplayBudgets(client(Map.of("own", OWN)), null);
		TimeoutSettings timeouts = PLAIN.timeouts().with((changed) -> changed.request(Duration.ofSeconds(7)));
		HostSettings next = new HostSettings(PLAIN.pool(), timeouts, PLAIN.http2(), OWN.replay(), OWN.properties());
		ReplayBudgets after = new ReplayBudgets(client(Map.of("own", next)), before);
		assertThat(after.of(next)).isSameAs(before.of(OWN));
		assertThat(after.of(PLAIN)).isSameAs(before.of(PLAIN));
	}

	@Test
	void aBudgetBeginsAgainWhenItChanges() {
		ReplayBudgets before = new ReplayBudgets(client(Map.of("own", OWN)), null);
		HostSettings next = host(new ReplaySettings(true, 0.5, 2, Set.of()), "own");
		ReplayBudgets after = new ReplayBudgets(client(Map.of("own", next)), before);
		assertThat(after.of(next)).isNotSameAs(before.of(OWN)).isNotSameAs(after.of(PLAIN));
	}

	private static HostSettings host(ReplaySettings replay, String alias) {
		return new HostSettings(PLAIN.pool(), PLAIN.timeouts(), PLAIN.http2(), replay,
				Map.of("replay.enabled", "conn-pool.hosts." + alias + ".replay.enabled"));
	}

	private static ClientSettings client(Map<String, HostSettings> hosts) {
		return ClientSettings.DEFAULTS.with((client) -> client.hosts(hosts));
	}

}
