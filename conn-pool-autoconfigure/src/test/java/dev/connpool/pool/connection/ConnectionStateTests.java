package dev.connpool.pool.connection;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.connpool.pool.connection.ConnectionState.CLOSED;
import static dev.connpool.pool.connection.ConnectionState.CLOSING;
import static dev.connpool.pool.connection.ConnectionState.DRAINING;
import static dev.connpool.pool.connection.ConnectionState.OPEN;
import static dev.connpool.pool.connection.ConnectionState.OPENING;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionState}.
 */
class ConnectionStateTests {

	@Test
	void aConnectionIsOpenedUsedDrainedAndClosed() {
		assertThat(ConnectionState.values()).containsExactly(OPENING, OPEN, DRAINING, CLOSING, CLOSED);
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
		assertThat(state.mayCarry()).isEqualTo(state != CLOSING && state != CLOSED);
	}

}
