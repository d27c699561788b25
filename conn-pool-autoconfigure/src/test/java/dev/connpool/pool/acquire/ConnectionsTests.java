package dev.connpool.pool.acquire;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.IdleCount;
import dev.connpool.settings.ClientSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionsTests {

	private final TestOwner owner = new TestOwner(ClientSettings.DEFAULTS);

	private final IdleCount idleCount = this.owner.idleCount();

	private final Connections connections = new Connections(new MultiplexedSessions(false));

	@Test
	void whatWasUsedLastServesFirst() {
		PooledConnection first = add();
		PooledConnection second = add();
		assertThat(this.connections.take()).isSameAs(second);
		assertThat(this.connections.take()).isSameAs(first);
		assertThat(this.connections.take()).isNull();
		this.connections.returned(second);
		this.connections.returned(first);
		assertThat(this.connections.take()).isSameAs(first);
		assertThat(this.idleCount.get()).isOne();
	}

	@Test
	void whatIsClosedServesNobody() {
		PooledConnection open = add();
		close(add());
		assertThat(this.connections.take()).isSameAs(open);
		assertThat(this.idleCount.get()).isZero();
	}

	@Test
	void whatWasIdleForLongestMakesRoom() {
		PooledConnection eldest = add();
		PooledConnection latest = add();
		this.connections.makeRoom();
		assertThat(eldest.isFit()).isFalse();
		assertThat(latest.isFit()).isTrue();
		assertThat(this.connections.leaving()).isOne();
		assertThat(this.connections.undrained()).isEqualTo(2);
	}

	@Test
	void whatHasServedIsNotFresh() {
		PooledConnection connection = add();
		assertThat(this.connections.takeFresh()).isSameAs(connection);
		connection.record().exchanged();
		this.connections.returned(connection);
		assertThat(this.connections.takeFresh()).isNull();
	}

	@Test
	void aConnectionIsDrainedOnce() {
		PooledConnection used = add();
		this.connections.take();
		assertThat(this.connections.drain(used, CloseReason.GOAWAY)).isTrue();
		assertThat(this.connections.drain(used, CloseReason.DRAINED)).isFalse();
		assertThat(this.connections.undrained()).isZero();
		assertThat(used.isFit()).isTrue();
		this.connections.returned(used);
		assertThat(used.isFit()).isFalse();
		this.connections.remove(used);
		assertThat(this.connections.undrained()).isZero();
		assertThat(this.connections.all()).isEmpty();
		assertThat(used.end().reason()).isEqualTo(CloseReason.GOAWAY);
	}

	@Test
	void whatIsDrainedWhileIdleIsClosedAndServesNobody() {
		PooledConnection idle = add();
		assertThat(this.connections.drain(idle, CloseReason.DRAINED)).isTrue();
		assertThat(idle.isFit()).isFalse();
		assertThat(this.connections.take()).isNull();
		assertThat(this.idleCount.get()).isZero();
	}

	@Test
	void whatIsInUseIsNotClosed() {
		PooledConnection used = add();
		this.connections.take();
		this.connections.closeIfUnused(used, CloseReason.MAX_IDLE);
		assertThat(used.isFit()).isTrue();
		this.connections.returned(used);
		this.connections.closeIfUnused(used, CloseReason.MAX_IDLE);
		assertThat(used.isFit()).isFalse();
		assertThat(this.idleCount.get()).isZero();
	}

	@Test
	void whatIsRemovedWhileIdleIsNotCountedAsIdle() {
		PooledConnection connection = add();
		close(connection);
		this.connections.remove(connection);
		assertThat(this.idleCount.get()).isZero();
		assertThat(this.connections.lastUsed()).isNull();
	}

	private static void close(PooledConnection connection) {
		connection.channel().close();
	}

	private PooledConnection add() {
		PooledConnection connection = TestSession.connection(this.owner);
		this.connections.add(connection);
		return connection;
	}

}
