package dev.connpool.pool.connection;

import java.time.Duration;

import dev.connpool.pool.host.CloseReason;
import dev.connpool.settings.IdleTimeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IdleLimit}.
 */
class IdleLimitTests {

	private final IdleLimit limit = new IdleLimit(IdleTimeout.AUTO);

	/** Not zero, as {@link System#nanoTime()} seldom is. */
	private double now = 1_000;

	@Test
	void nothingIsKnownAtFirst() {
		assertThat(this.limit.learned()).isNull();
		assertTimeout(90);
	}

	@ParameterizedTest
	@EnumSource(names = { "PEER_CLOSED", "PEER_RESET", "GOAWAY" })
	void threeClosesAtAboutTheSameAgeTeachTheShortest(CloseReason reason) {
		ends(reason, 5.1, 10);
		ends(reason, 5.0, 10);
		assertTimeout(90);
		ends(reason, 5.6, 10);
		assertThat(this.limit.learned()).isEqualTo(Duration.ofSeconds(5));
		assertTimeout(4.5);
	}

	@Test
	void whatAServerLearnsOfAFixedTimeoutIsNotHeeded() {
		IdleLimit fixed = new IdleLimit(IdleTimeout.of(Duration.ofSeconds(60)));
		for (int close = 1; close <= 3; close++) {
			fixed.ended(CloseReason.PEER_CLOSED, nanos(5), nanos(close * 10));
		}
		assertThat(fixed.learned()).isEqualTo(Duration.ofSeconds(5));
		assertThat(fixed.timeout()).isEqualTo(nanos(60));
		assertThat(fixed.isKnown()).isFalse();
	}

	@Test
	void aRestartIsOneObservationHoweverManyConnectionsItCloses() {
		for (int connection = 0; connection < 50; connection++) {
			closes(5, 0.01);
		}
		assertThat(this.limit.learned()).isNull();
		closes(20, 100);
		closes(3, 100);
		assertThat(this.limit.learned()).isNull();
	}

	@Test
	void whatBecameIdleTogetherIsLearnedFromInThreeRounds() {
		for (int round = 0; round < 3; round++) {
			assertThat(this.limit.learned()).isNull();
			closes(5.02, 10);
			closes(5.00, 0.001);
			closes(5.01, 0.001);
		}
		assertThat(this.limit.learned()).isEqualTo(Duration.ofSeconds(5));
	}

	@Test
	void whatTheServerClosesInBusyTimesTeachesNothing() {
		for (int close = 0; close < 10; close++) {
			closes(0.01, 10);
		}
		assertThat(this.limit.learned()).isNull();
	}

	@ParameterizedTest
	@EnumSource(names = { "DRAINED", "IDLE_CLOSED", "ADDRESS_REMOVED", "SUPERSEDED", "EVICTED", "MAX_LIFETIME",
			"MAX_IDLE", "SHUTDOWN", "IDLE_TIMEOUT", "PING_TIMEOUT" })
	void whatTheClientClosesTeachesNothing(CloseReason reason) {
		for (int close = 0; close < 10; close++) {
			ends(reason, 5, 10);
		}
		assertThat(this.limit.learned()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "5, 20, 5", "5, 9, 20", "60, 5, 20" })
	void closesAtDifferentAgesTeachNothing(double first, double second, double third) {
		for (int round = 0; round < 3; round++) {
			closes(first, 100);
			closes(second, 100);
			closes(third, 100);
		}
		assertThat(this.limit.learned()).isNull();
	}

	@Test
	void aConnectionThatOutlivesTheAgeRefutesIt() {
		closes(5, 10);
		closes(5, 10);
		this.limit.outlived(nanos(8));
		closes(5, 10);
		assertThat(this.limit.learned()).isNull();
		closes(5, 10);
		this.limit.outlived(nanos(5.5));
		closes(5, 10);
		assertThat(this.limit.learned()).isEqualTo(Duration.ofSeconds(5));
		this.limit.outlived(nanos(8));
		assertThat(this.limit.learned()).isNull();
		assertTimeout(90);
	}

	@Test
	void aShorterCloseCountsAtOnceAndAMuchShorterOneAfterThree() {
		learn(10);
		closes(9, 20);
		assertTimeout(8.1);
		closes(2, 20);
		closes(2, 20);
		assertTimeout(8.1);
		closes(2, 20);
		assertTimeout(1.8);
	}

	@Test
	void aLongerTimeIsTriedAfterTenTimesTheLimitAndThenLessAndLessOften() {
		learn(10);
		evicted(99);
		assertTimeout(9);
		evicted(2);
		assertTimeout(11.25);
		closes(10.1, 15);
		assertTimeout(9);
		evicted(150);
		assertTimeout(9);
		evicted(60);
		assertTimeout(11.25);
	}

	@Test
	void aServerThatKeepsThemLongerIsFollowedStepByStepUntilTheDefaultHolds() {
		learn(10);
		evicted(101);
		double before = 9;
		for (int step = 0; step < 30 && this.limit.learned() != null; step++) {
			double timeout = this.limit.timeout() / 1e9;
			assertThat(timeout).isBetween(before, before * 1.26);
			before = timeout;
			ends(CloseReason.IDLE_TIMEOUT, timeout, timeout);
		}
		assertThat(this.limit.learned()).isNull();
		assertTimeout(90);
	}

	@Test
	void whoeverIsToLookAgainIsTold() {
		assertThat(closes(5, 10)).isFalse();
		assertThat(closes(5, 10)).isFalse();
		assertThat(closes(5, 10)).isTrue();
		assertThat(closes(5, 10)).isFalse();
	}

	private void learn(double seconds) {
		for (int close = 0; close < 3; close++) {
			closes(seconds, seconds);
		}
		assertThat(this.limit.learned()).isEqualTo(Duration.ofNanos(nanos(seconds)));
	}

	private void evicted(double after) {
		ends(CloseReason.IDLE_TIMEOUT, this.limit.timeout() / 1e9, after);
	}

	private boolean closes(double idleFor, double after) {
		return ends(CloseReason.PEER_CLOSED, idleFor, after);
	}

	private boolean ends(CloseReason reason, double idleFor, double after) {
		this.now += after;
		return this.limit.ended(reason, nanos(idleFor), nanos(this.now));
	}

	private void assertTimeout(double seconds) {
		assertThat(this.limit.timeout()).isEqualTo(nanos(seconds));
	}

	private static long nanos(double seconds) {
		return Math.round(seconds * 1e9);
	}

}
