package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.time.Instant;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.resolver.DefaultAddressResolverGroup;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConnectionsTests {

	private final ConnectionPool client = new ConnectionPool("test", ClientSettings.DEFAULTS, ConnectionListeners.NONE);

	private final IdleCount idleCount = this.client.idleCount();

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
		assertThat(this.connections.usable()).isEqualTo(2);
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
		assertThat(this.connections.usable()).isZero();
		assertThat(used.isFit()).isTrue();
		this.connections.returned(used);
		assertThat(used.isFit()).isFalse();
		this.connections.remove(used);
		assertThat(this.connections.usable()).isZero();
		assertThat(this.connections.all()).isEmpty();
		assertThat(used.end().reason()).isEqualTo(CloseReason.GOAWAY);
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
		EmbeddedChannel channel = new EmbeddedChannel();
		HostKey key = new HostKey(false, InetSocketAddress.createUnresolved("localhost", 80), 0, 1, null, 1);
		HostPool host = new HostPool(this.client.hosts(), key, Host.of("test", key, ClientSettings.DEFAULTS, null),
				DefaultAddressResolverGroup.INSTANCE, channel.eventLoop());
		PooledConnection connection = new PooledConnection(host, channel,
				new ConnectionRecord(channel, Instant.now(), System.nanoTime()));
		connection.negotiated(new Http1Session(connection, null));
		this.connections.add(connection);
		return connection;
	}

}
