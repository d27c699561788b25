package dev.connpool.settings;

import java.time.Duration;

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

}
