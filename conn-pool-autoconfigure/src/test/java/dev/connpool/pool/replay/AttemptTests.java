package dev.connpool.pool.replay;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

import dev.connpool.pool.host.ReplayReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long to wait before a request is sent again (B21, B27).
 */
class AttemptTests {

	@ParameterizedTest
	@EnumSource(names = { "NOT_WRITTEN", "GOAWAY", "CONNECTION_LOST" })
	void anotherConnectionIsAskedAtOnce(ReplayReason reason) {
		assertThat(Attempt.backoff(reason, 1)).isZero();
	}

	@Test
	void aServerThatRefusesIsGivenMoreTimeEachTime() {
		for (int attempt = 1; attempt < 6; attempt++) {
			long longest = Duration.ofMillis(10).toNanos() << attempt;
			assertThat(Attempt.backoff(ReplayReason.REFUSED_STREAM, attempt)).isBetween(longest / 2, longest);
		}
	}

	@Test
	void retryAfterIsHonoured() {
		assertThat(Attempt.backoff("2", 1)).isEqualTo(Duration.ofSeconds(2).toNanos());
		assertThat(Attempt.backoff("0", 1)).isZero();
		String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(20));
		assertThat(Duration.ofNanos(Attempt.backoff(date, 1))).isBetween(Duration.ofSeconds(15),
				Duration.ofSeconds(20));
	}

	@ParameterizedTest
	@ValueSource(strings = { "61", "99999999999", "Tue, 31 Dec 2999 23:59:59 GMT" })
	void nobodyWaitsForLong(String retryAfter) {
		assertThat(Attempt.backoff(retryAfter, 1)).isNegative();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "soon", "-1", "1.5", "99999999999999999999" })
	void whatIsNoTimeIsIgnored(String retryAfter) {
		assertThat(Attempt.backoff(retryAfter, 1)).isBetween(1L, Duration.ofMillis(20).toNanos());
	}

}
