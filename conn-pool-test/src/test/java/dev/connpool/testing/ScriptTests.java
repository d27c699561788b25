package dev.connpool.testing;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * A {@link Script} that cannot be meant is refused when it is written.
 */
class ScriptTests {

	@Test
	void aStepOfTheOtherProtocolIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Script(Carrier.H1).goesAway(Http2Error.NO_ERROR))
			.withMessage("This server speaks HTTP/1.1, so it never goes away: NO_ERROR");
		assertThatIllegalArgumentException().isThrownBy(() -> new Script(Carrier.H2C).sendsMalformedChunk())
			.withMessage("This server speaks HTTP/2, so it never sends a malformed chunk");
	}

	@Test
	void aStatusOutOfItsRangeIsRefused() {
		Script script = new Script(Carrier.H1);
		assertThatIllegalArgumentException().isThrownBy(() -> script.answers(100))
			.withMessage("The status must be between 200 and 599 here, but is 100");
		assertThatIllegalArgumentException().isThrownBy(() -> script.sendsInterim(200))
			.withMessage("The status must be between 100 and 199 here, but is 200");
	}

	@Test
	void aFieldWithoutAValueIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Script(Carrier.H1).answers(503, "retry-after", "1", "connection"))
			.withMessage("Names and values must take turns, but there is an odd number: retry-after, 1, connection");
	}

}
