package dev.connpool.testing;

import java.time.Duration;

import org.awaitility.core.ConditionTimeoutException;

import static org.awaitility.Awaitility.await;

/**
 * How long an assertion may take to become true.
 *
 * @param atMost the bound, zero to have it true at once
 */
record Patience(Duration atMost) {

	/** What does not happen within this time does not happen. */
	static final Patience USUAL = new Patience(Duration.ofSeconds(5));

	static final Patience NONE = new Patience(Duration.ZERO);

	private static final Duration INTERVAL = Duration.ofMillis(10);

	void untilAsserted(Runnable assertion) {
		if (this.atMost.isZero()) {
			assertion.run();
			return;
		}
		try {
			await().pollDelay(Duration.ZERO).pollInterval(INTERVAL).atMost(this.atMost).untilAsserted(assertion::run);
		}
		catch (ConditionTimeoutException ex) {
			// Its own message says how long it took, but not always what was missing
			assertion.run();
		}
	}

}
