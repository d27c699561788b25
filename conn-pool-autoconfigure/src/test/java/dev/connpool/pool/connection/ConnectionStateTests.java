package dev.connpool.pool.connection;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionState}.
 */
class ConnectionStateTests {

	@Test
	void aConnectionIsOpenedUsedDrainedAndClosed() {
		assertThat(ConnectionState.values()).containsExactly(ConnectionState.OPENING, ConnectionState.OPEN,
				ConnectionState.DRAINING, ConnectionState.CLOSING, ConnectionState.CLOSED);
	}

	@ParameterizedTest
	@EnumSource
	void itOnlyGoesForward(ConnectionState state) {
		for (ConnectionState other : ConnectionState.values()) {
			assertThat(state.precedes(other)).as("%s to %s", state, other).isEqualTo(other.ordinal() > state.ordinal());
		}
	}

	@ParameterizedTest
	@EnumSource
	void anExchangeBeginsUntilItIsBeingClosed(ConnectionState state) {
		assertThat(state.mayCarry()).isEqualTo(state != ConnectionState.CLOSING && state != ConnectionState.CLOSED);
	}

}
