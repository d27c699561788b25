package dev.connpool.pool.exchange;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.connpool.testing.TestSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InFlightExchanges}.
 */
class InFlightExchangesTests {

	@Test
	void deadlinesAreLookedAtTenTimesASecond() {
		assertThat(tick((settings) -> settings)).isEqualTo(100);
	}

	@Test
	void shortDeadlinesAreLookedAtMoreOften() {
		assertThat(tick((settings) -> settings.responseHeader(Duration.ofMillis(400)))).isEqualTo(20);
		assertThat(tick((settings) -> settings.leaks(Duration.ofSeconds(1), Duration.ZERO))).isEqualTo(50);
		assertThat(tick((settings) -> settings.request(Duration.ofMillis(1)))).isEqualTo(5);
	}

	@Test
	void thoseOfASingleHostAreToo() {
		assertThat(tick((settings) -> settings.host("model", (host) -> host.streamIdle(Duration.ofMillis(600)))))
			.isEqualTo(30);
	}

	private static long tick(UnaryOperator<TestSettings> change) {
		return TimeUnit.NANOSECONDS.toMillis(InFlightExchanges.tick(change.apply(new TestSettings()).build()));
	}

}
