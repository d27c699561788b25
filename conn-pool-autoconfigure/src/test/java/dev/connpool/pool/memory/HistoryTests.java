package dev.connpool.pool.memory;

import java.util.Map;

import dev.connpool.snapshot.HostHistory.Value;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link History}.
 */
class HistoryTests {

	private static final long BEGUN = Long.MAX_VALUE - 3 * History.SLOT;

	private final History history = new History(6, BEGUN);

	@Test
	void slotsFollowOneAnotherAlsoWhereTheClockOverflows() {
		for (int slot = 0; slot < 6; slot++) {
			add(slot, slot + 1);
		}
		assertThat(this.history.values(6).get(Value.REQUESTS)).containsExactly(1, 2, 3, 4, 5, 6);
		assertThat(this.history.values(2).get(Value.REQUESTS)).containsExactly(5, 6);
	}

	@Test
	void theEarliestGoFirst() {
		for (int slot = 0; slot < 8; slot++) {
			add(slot, slot + 1);
		}
		assertThat(this.history.values(6).get(Value.REQUESTS)).containsExactly(3, 4, 5, 6, 7, 8);
		assertThat(this.history.length(100)).isEqualTo(6);
	}

	@Test
	void whereNobodyHasLookedNothingIsKnown() {
		add(0, 1);
		add(3, 4);
		assertThat(this.history.values(4).get(Value.REQUESTS)).containsExactly(1, -1, -1, 4);
		add(12, 7);
		assertThat(this.history.values(6).get(Value.REQUESTS)).containsExactly(-1, -1, -1, -1, -1, 7);
	}

	@Test
	void whatIsCountedTwiceInASlotIsAddedAndLevelsAreReplaced() {
		this.history.add(BEGUN, Map.of(Value.REQUESTS, 2, Value.ACTIVE, 5), Map.of("reset", 1));
		this.history.add(BEGUN + History.SLOT - 1, Map.of(Value.REQUESTS, 3, Value.ACTIVE, 4), Map.of("reset", 2));
		assertThat(this.history.values(1).get(Value.REQUESTS)).containsExactly(5);
		assertThat(this.history.values(1).get(Value.ACTIVE)).containsExactly(4);
		assertThat(this.history.failed(1).get("reset")).containsExactly(3);
	}

	@Test
	void whatIsNotCountedIsZero() {
		this.history.add(BEGUN, Map.of(), Map.of("reset", 1));
		for (int slot = 1; slot <= 6; slot++) {
			add(slot, 1);
		}
		assertThat(this.history.failed(6).get("reset")).containsExactly(0, 0, 0, 0, 0, 0);
	}

	@Test
	void ofWhatIsAlwaysZeroThereIsNoArray() {
		add(0, 0);
		assertThat(this.history.values(1)).isEmpty();
		assertThat(this.history.failed(1)).isEmpty();
	}

	private void add(int slot, int requests) {
		this.history.add(BEGUN + slot * History.SLOT + 5, Map.of(Value.REQUESTS, requests), Map.of());
	}

}
