package dev.connpool.pool.memory;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FailureRun}.
 */
class FailureRunTests {

	private static final long MINUTE = Duration.ofMinutes(1).toNanos();

	private final FailureRun run = new FailureRun(FailureKind.RESET, 0);

	@Test
	void ofALongMessageNoMoreIsKeptThanIsShown() {
		this.run.add("x".repeat(1 << 20), 0, 1, 0);
		assertThat(this.run.message()).hasSize(501).endsWith("…");
	}

	@Test
	void isOverWhenNothingHasFailedForMoreThanAMinute() {
		this.run.add("lost", 0, 1, MINUTE);
		assertThat(this.run.isOver(2 * MINUTE)).isFalse();
		assertThat(this.run.isOver(2 * MINUTE + 1)).isTrue();
	}

}
