package dev.connpool.settings;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UserAgent}.
 */
class UserAgentTests {

	@Test
	void namesTheVersionOfTheJar() {
		assertThat(UserAgent.of("1.2.3")).isEqualTo("conn-pool/1.2.3");
	}

	@Test
	void namesNoVersionThatIsNotKnown() {
		assertThat(UserAgent.of(null)).isEqualTo("conn-pool");
	}

}
