package dev.connpool.pool.acquire;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.IdleCount;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.embedded.EmbeddedChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionsTests {

	private final TestOwner owner = new TestOwner(ClientSettings.DEFAULTS);

	private final IdleCount idleCount = this.owner.idleCount();

	private final HostPool pool = this.owner.pool(new EmbeddedChannel().eventLoop());

	private final TestMailbox mailbox = new TestMailbox(this.pool.mailbox());

	private final Connections connections = new Connections(this.pool.mailbox(),
			new MultiplexedSessions(this.pool.mailbox(), false));

	@Test
	void whatWasUsedLastServesFirst() {
		PooledConnection first = add();
		PooledConnection second = add();
		assertThat(take()).isSameAs(second);
		assertThat(take()).isSameAs(first);
		assertThat(take()).isNull();
		this.mailbox.run(() -> this.connections.returned(second));
		this.mailbox.run(() -> this.connections.returned(first));
		assertThat(take()).isSameAs(first);
		assertThat(this.idleCount.get()).isOne();
	}

	@Test
	void whatIsClosedServesNobody() {
		PooledConnection open = add();
		close(add());
		assertThat(take()).isSameAs(open);
		assertThat(this.idleCount.get()).isZero();
	}

	@Test
	void whatWasIdleForLongestMakesRoom() {
		PooledConnection eldest = add();
		PooledConnection latest = add();
		this.mailbox.run(() -> this.connections.makeRoom());
		assertThat(eldest.isFit()).isFalse();
		assertThat(latest.isFit()).isTrue();
		assertThat(this.connections.leaving()).isOne();
		assertThat(this.connections.undrained()).isEqualTo(2);
	}

	@Test
	void whatHasServedIsNotFresh() {
		PooledConnection connection = add();
		assertThat(takeFresh()).isSameAs(connection);
		connection.record().exchanged();
		this.mailbox.run(() -> this.connections.returned(connection));
		assertThat(takeFresh()).isNull();
	}

	@Test
	void aConnectionIsDrainedOnce() {
		PooledConnection used = add();
		take();
		assertThat(drain(used, CloseReason.GOAWAY)).isTrue();
		assertThat(drain(used, CloseReason.DRAINED)).isFalse();
		assertThat(this.connections.undrained()).isZero();
		assertThat(used.isFit()).isTrue();
		this.mailbox.run(() -> this.connections.returned(used));
		assertThat(used.isFit()).isFalse();
		this.mailbox.run(() -> this.connections.remove(used));
		assertThat(this.connections.undrained()).isZero();
		assertThat(this.connections.all()).isEmpty();
		assertThat(used.end().reason()).isEqualTo(CloseReason.GOAWAY);
	}

	@Test
	void whatIsInUseIsNotClosed() {
		PooledConnection used = add();
		take();
		this.mailbox.run(() -> this.connections.closeIfUnused(used, CloseReason.MAX_IDLE));
		assertThat(used.isFit()).isTrue();
		this.mailbox.run(() -> this.connections.returned(used));
		this.mailbox.run(() -> this.connections.closeIfUnused(used, CloseReason.MAX_IDLE));
		assertThat(used.isFit()).isFalse();
		assertThat(this.idleCount.get()).isZero();
	}

	@Test
	void whatIsRemovedWhileIdleIsNotCountedAsIdle() {
		PooledConnection connection = add();
		close(connection);
		this.mailbox.run(() -> this.connections.remove(connection));
		assertThat(this.idleCount.get()).isZero();
		assertThat(this.mailbox.call(this.connections::lastUsed)).isNull();
	}

	private static void close(PooledConnection connection) {
		connection.channel().close();
	}

	private PooledConnection add() {
		PooledConnection connection = TestConnections.open(this.pool);
		this.mailbox.run(() -> this.connections.add(connection));
		return connection;
	}

	private @Nullable PooledConnection take() {
		return this.mailbox.call(this.connections::take);
	}

	private @Nullable PooledConnection takeFresh() {
		return this.mailbox.call(this.connections::takeFresh);
	}

	private boolean drain(PooledConnection connection, CloseReason reason) {
		return this.mailbox.call(() -> this.connections.drain(connection, reason));
	}

}
