package dev.connpool.pool.acquire;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.Session;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.embedded.EmbeddedChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

class MultiplexedSessionsTests {

	private final HostPool pool = new TestOwner(ClientSettings.DEFAULTS).pool(new EmbeddedChannel().eventLoop());

	private final TestMailbox mailbox = new TestMailbox(this.pool.mailbox());

	private final MultiplexedSessions sessions = new MultiplexedSessions(this.pool.mailbox(), false);

	// They are not among the open ones that suspects are taken from
	@Test
	void drainedConnectionsAreNoSuspects() {
		PooledConnection drained = add();
		PooledConnection probing = add();
		assertThat(suspect(null)).isEqualTo(2);
		assertThat(suspect(drained)).isOne();
		this.mailbox.run(() -> this.sessions.remove(this.sessions.open()[1]));
		assertThat(probing.isFit()).isTrue();
		assertThat(suspect(drained)).isZero();
	}

	private int suspect(@Nullable PooledConnection drained) {
		return this.mailbox.call(() -> this.sessions.suspect(false, false, (connection) -> connection == drained));
	}

	private PooledConnection add() {
		PooledConnection connection = TestConnections.open(this.pool);
		Session session = Mockito.mock(Session.class);
		given(session.connection()).willReturn(connection);
		given(session.isProbing()).willReturn(true);
		this.mailbox.run(() -> this.sessions.add(session));
		return connection;
	}

}
