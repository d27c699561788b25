package dev.connpool.settings;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Durations}.
 */
class DurationsTests {

	@ParameterizedTest
	@CsvSource({ "0, 0 ms, 0 ms, 0s", "400, 400 ms, 400 ms, 400ms", "1000, 1 s, 1 s, 1s", "1500, 1.5 s, 1.5 s, 1500ms",
			"1234, 1.234 s, 1.2 s, 1234ms", "9999, 9.999 s, 10 s, 9999ms", "15871, 15.871 s, 16 s, 15871ms",
			"90000, 90 s, 90 s, 90s", "100000, 100 s, 100 s, 100s" })
	void areWrittenAsPeopleDo(long millis, String exact, String rounded, String property) {
		Duration duration = Duration.ofMillis(millis);
		assertThat(Durations.exact(duration)).isEqualTo(exact);
		assertThat(Durations.rounded(duration)).isEqualTo(rounded);
		assertThat(Durations.property(duration)).isEqualTo(property);
	}

	@ParameterizedTest
	@CsvSource({ "1, 1 us, 1us", "500, 500 us, 500us", "-500, -500 us, -500us", "1000, 1 ms, 1ms",
			"1500, 1500 us, 1500us", "1000500, 1.0005 s, 1000500us" })
	void keepWhatIsBelowAMillisecond(long micros, String exact, String property) {
		Duration duration = Duration.of(micros, ChronoUnit.MICROS);
		assertThat(Durations.exact(duration)).isEqualTo(exact);
		assertThat(Durations.property(duration)).isEqualTo(property);
	}

}
