package dev.connpool.pool.host;

import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.connpool.settings.ReplaySettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An outage is not amplified (B27).
 */
class ReplayBudgetTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	// Times wrap around
	private static final long START = Long.MAX_VALUE - SECOND;

	@Test
	void theFloorIsAvailableWithoutRequests() {
		ReplayBudget budget = budget(0.2, 10);
		assertThat(taken(budget, START)).isEqualTo(100);
	}

	@Test
	void aShareOfTheRequestsComesOnTop() {
		ReplayBudget budget = budget(0.2, 10);
		request(budget, 1000);
		assertThat(taken(budget, START)).isEqualTo(300);
		assertThat(taken(budget, START + SECOND)).isZero();
	}

	@Test
	void whatWasUsedComesBackAsTimePasses() {
		ReplayBudget budget = budget(0, 10);
		assertThat(taken(budget, START)).isEqualTo(100);
		assertThat(taken(budget, START + 9 * SECOND)).isZero();
		assertThat(taken(budget, START + 10 * SECOND)).isZero();
		assertThat(taken(budget, START + 15 * SECOND)).isBetween(45, 55);
		assertThat(taken(budget, START + 60 * SECOND)).isEqualTo(100);
	}

	@Test
	void requestsOfLongAgoDoNotCount() {
		ReplayBudget budget = budget(1, 0);
		request(budget, 1000);
		assertThat(taken(budget, START + 1000 * SECOND)).isEqualTo(10);
	}

	@Test
	void nothingIsLeftOfNothing() {
		assertThat(taken(budget(0, 0), START)).isZero();
	}

	private static ReplayBudget budget(double ratio, int floor) {
		return new ReplayBudget(new ReplaySettings(true, ratio, floor, Set.of()), START);
	}

	private static void request(ReplayBudget budget, int times) {
		for (int i = 0; i < times; i++) {
			budget.requested();
		}
	}

	private static int taken(ReplayBudget budget, long now) {
		int taken = 0;
		while (budget.take(now)) {
			taken++;
		}
		return taken;
	}

}
