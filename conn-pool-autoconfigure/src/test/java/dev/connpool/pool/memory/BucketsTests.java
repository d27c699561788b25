package dev.connpool.pool.memory;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import dev.connpool.snapshot.Quantiles;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Buckets}.
 */
class BucketsTests {

	@Test
	void eachDurationFallsIntoTheBucketThatHasIt() {
		Random random = new Random(7);
		for (int times = 0; times < 100_000; times++) {
			long nanos = random.nextLong(TimeUnit.MINUTES.toNanos(4));
			int bucket = Buckets.of(nanos);
			assertThat(nanos).isBetween(Buckets.begin(bucket), Buckets.begin(bucket + 1) - 1);
		}
	}

	@Test
	void bucketsFollowOneAnother() {
		for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
			assertThat(Buckets.of(Buckets.begin(bucket))).isEqualTo(bucket);
			assertThat(Buckets.of(Buckets.begin(bucket + 1) - 1)).isEqualTo(bucket);
		}
	}

	@Test
	void whatIsOutsideFallsIntoTheFirstAndTheLast() {
		assertThat(Buckets.of(-1)).isZero();
		assertThat(Buckets.of(Long.MIN_VALUE)).isZero();
		assertThat(Buckets.of(Long.MAX_VALUE)).isEqualTo(Buckets.COUNT - 1);
	}

	@Test
	void quantilesAreAnEighthOffAtMost() {
		long[] counts = new long[Buckets.COUNT + 3];
		for (int millis = 1; millis <= 1000; millis++) {
			counts[3 + Buckets.of(TimeUnit.MILLISECONDS.toNanos(millis))]++;
		}
		Quantiles quantiles = Buckets.quantiles(counts, 3);
		assertThat(quantiles).isNotNull();
		assertWithin(quantiles.p50(), Duration.ofMillis(500));
		assertWithin(quantiles.p90(), Duration.ofMillis(900));
		assertWithin(quantiles.p99(), Duration.ofMillis(990));
	}

	@Test
	void ofOneAllAreTheSame() {
		long[] counts = new long[Buckets.COUNT];
		counts[Buckets.of(TimeUnit.SECONDS.toNanos(2))]++;
		Quantiles quantiles = Buckets.quantiles(counts, 0);
		assertThat(quantiles).isNotNull();
		assertThat(quantiles.p50()).isEqualTo(quantiles.p99());
		assertWithin(quantiles.p50(), Duration.ofSeconds(2));
	}

	@Test
	void thereAreNoneOfNothing() {
		assertThat(Buckets.quantiles(new long[Buckets.COUNT], 0)).isNull();
	}

	private static void assertWithin(Duration quantile, Duration truth) {
		assertThat(quantile).isBetween(truth.multipliedBy(7).dividedBy(8), truth.multipliedBy(9).dividedBy(8));
	}

}
