package dev.connpool.pool.http2;

import java.util.concurrent.TimeUnit;

import io.netty.util.concurrent.ImmediateEventExecutor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ResetWindow}.
 */
class ResetWindowTests {

	private final ResetWindow window = new ResetWindow(ImmediateEventExecutor.INSTANCE);

	@ParameterizedTest
	@ValueSource(longs = { 0, 999_999_999, -1, -30_000_000_001L, Long.MAX_VALUE - 40_000_000_000L })
	void countsThirtySecondsAndNotMuchMore(long start) {
		assertThat(this.window.count(start)).isZero();
		this.window.add(start);
		this.window.add(start + 1);
		assertThat(this.window.count(start + seconds(30))).isEqualTo(2);
		this.window.add(start + seconds(30));
		assertThat(this.window.count(start + seconds(30))).isEqualTo(3);
		assertThat(this.window.count(start + seconds(32))).isOne();
	}

	@ParameterizedTest
	@ValueSource(ints = { 31, 62, 1000 })
	void forgetsAllAfterAWhile(int later) {
		for (int second = 0; second < 30; second++) {
			this.window.add(seconds(second));
		}
		assertThat(this.window.count(seconds(30))).isEqualTo(30);
		assertThat(this.window.count(seconds(30 + later))).isZero();
	}

	private static long seconds(int seconds) {
		return TimeUnit.SECONDS.toNanos(seconds);
	}

}
