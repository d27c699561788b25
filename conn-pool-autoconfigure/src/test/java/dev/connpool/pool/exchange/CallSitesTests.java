package dev.connpool.pool.exchange;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallSites}.
 */
class CallSitesTests {

	private final CallSites callSites = new CallSites();

	@Test
	void onlySomeRequestsOfASecondAreSampled() {
		for (int number = 0; number < CallSites.PER_SECOND; number++) {
			assertThat(this.callSites.isSampled(7)).isTrue();
		}
		assertThat(this.callSites.isSampled(7)).isFalse();
		assertThat(this.callSites.isSampled(8)).isTrue();
	}

	// The application is whoever is neither a library nor the client itself, as this is
	@Test
	void onlyFramesOfTheApplicationAreKept() {
		List<String> frames = this.callSites.sample();
		assertThat(frames).isNotEmpty()
			.hasSizeLessThanOrEqualTo(5)
			.noneMatch((frame) -> frame.contains("dev.connpool.pool") || frame.startsWith("java."));
	}

}
