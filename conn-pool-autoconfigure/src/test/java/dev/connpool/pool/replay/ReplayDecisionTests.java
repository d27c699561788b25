package dev.connpool.pool.replay;

import dev.connpool.pool.host.ReplayReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a request may be sent again (B20, B21, B26, N4).
 */
class ReplayDecisionTests {

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = {
			// method, keyed, repeatable, written, refused, ignored, broken, proven, heard
			"POST,   false, true,  false, false, false, true,  false, false, NOT_WRITTEN",
			"POST,   false, true,  true,  false, true,  true,  true,  false, GOAWAY",
			"POST,   false, true,  true,  true,  false, false, true,  false, REFUSED_STREAM",
			"GET,    false, true,  true,  false, false, true,  true,  false, CONNECTION_LOST",
			"HEAD,   false, true,  true,  false, false, true,  true,  false, CONNECTION_LOST",
			"PUT,    false, true,  true,  false, false, true,  true,  false, -",
			"DELETE, false, true,  true,  false, false, true,  true,  false, -",
			"POST,   true,  true,  true,  false, false, true,  true,  false, CONNECTION_LOST",
			// Each of what allows it missing in turn
			"POST,   false, true,  true,  false, false, true,  true,  false, -",
			"GET,    false, false, true,  false, false, true,  true,  false, -",
			"GET,    false, true,  true,  false, false, false, true,  false, -",
			"GET,    false, true,  true,  false, false, true,  false, false, -",
			"GET,    false, true,  true,  false, false, true,  true,  true,  -",
			"POST,   false, false, true,  true,  false, false, true,  false, -",
			"POST,   false, false, true,  false, true,  true,  true,  false, -" })
	void decides(String method, boolean keyed, boolean repeatable, boolean written, boolean refused, boolean ignored,
			boolean broken, boolean proven, boolean heard, ReplayReason expected) {
		ReplayDecision loss = new ReplayDecision(method, keyed, repeatable, written, refused, ignored, broken, proven,
				heard);
		assertThat(loss.replay()).isEqualTo(expected);
	}

	@Test
	void saysWhyNot() {
		assertThat(new ReplayDecision("POST", false, true, true, false, false, true, true, false).obstacle())
			.contains("POST is not idempotent", "'Idempotency-Key'");
		assertThat(new ReplayDecision("GET", false, true, true, false, false, true, false, false).obstacle())
			.contains("had never answered before");
		assertThat(new ReplayDecision("GET", false, true, true, false, false, true, true, true).obstacle())
			.contains("a part of the response had arrived");
		assertThat(new ReplayDecision("GET", false, true, true, false, false, false, true, false).obstacle())
			.contains("may have acted on it");
		assertThat(new ReplayDecision("GET", false, false, true, false, false, true, true, false).obstacle())
			.contains("cannot be produced twice");
	}

}
