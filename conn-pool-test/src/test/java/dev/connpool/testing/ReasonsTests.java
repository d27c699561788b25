package dev.connpool.testing;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Reasons}.
 */
class ReasonsTests {

	@Test
	void areThoseOfThePool() throws ClassNotFoundException {
		assertThat(Reasons.CLOSED.ids()).containsExactlyInAnyOrderElementsOf(ids("CloseReason"));
		assertThat(Reasons.REPLAYED.ids()).containsExactlyInAnyOrderElementsOf(ids("ReplayReason"));
	}

	@Test
	void aMisspeltReasonIsRefusedWithThoseThatExist() {
		assertThatIllegalArgumentException().isThrownBy(() -> Reasons.REPLAYED.require("go-away"))
			.withMessage("There is no reason 'go-away' for which requests are sent again,"
					+ " only connection-lost, goaway, not-written, refused-stream, status");
	}

	private static Iterable<String> ids(String type) throws ClassNotFoundException {
		return Stream.of(Class.forName("dev.connpool.pool.host." + type).getEnumConstants())
			.map(Object::toString)
			.toList();
	}

}
