package dev.connpool.pool.http2;

import java.net.InetSocketAddress;
import java.time.Instant;

import dev.connpool.pool.connection.ConnectionOwner;
import dev.connpool.pool.connection.ConnectionRecord;
import dev.connpool.pool.connection.IdleLimit;
import dev.connpool.pool.connection.LeastRecentlyUsed;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostKey;
import dev.connpool.pool.host.IdleCount;
import dev.connpool.settings.ClientSettings;
import dev.connpool.snapshot.ConnectionSnapshot;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

class Http2SessionTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final ConnectionOwner owner = Mockito.mock(ConnectionOwner.class);

	// One thread reserves a stream while another is about to note that there was none
	@Test
	void aConnectionWithAStreamIsNotIdle() {
		PooledConnection connection = connection();
		Http2Session session = session(connection);
		connection.negotiated(session);
		session.becomesIdle();
		assertThat(connection.snapshotState()).isEqualTo(ConnectionSnapshot.State.IDLE);
		assertThat(session.tryReserve()).isTrue();
		connection.idle();
		assertThat(connection.idleSince()).isZero();
		assertThat(connection.snapshotState()).isEqualTo(ConnectionSnapshot.State.ACTIVE);
		this.channel.close();
	}

	// Netty tells of the end of a channel before the streams of it have ended
	@Test
	void aConnectionThatIsClosedWithAStreamIsNotCountedAsIdle() {
		PooledConnection connection = connection();
		Http2Session session = session(connection);
		connection.negotiated(session);
		session.becomesIdle();
		assertThat(session.tryReserve()).isTrue();
		connection.closing(CloseReason.PING_TIMEOUT);
		session.connectionClosed();
		session.giveBack();
		assertThat(this.owner.idleCount().get()).isZero();
	}

	@Test
	void noStreamIsReservedOnAConnectionThatIsDrained() {
		PooledConnection connection = connection();
		Http2Session session = session(connection);
		connection.negotiated(session);
		session.becomesIdle();
		session.settingsReceived(2L);
		assertThat(session.tryReserve()).isTrue();
		session.drain(CloseReason.GOAWAY);
		session.settingsReceived(3L);
		assertThat(session.limit()).isZero();
		assertThat(session.tryReserve()).isFalse();
		session.giveBack();
		assertThat(connection.end().reason()).isEqualTo(CloseReason.GOAWAY);
		assertThat(connection.mayCarry()).isFalse();
		assertThat(this.owner.idleCount().get()).isZero();
	}

	private static Http2Session session(PooledConnection connection) {
		HeaderByteCounter headerBytes = new HeaderByteCounter();
		ClientFrameCodec codec = ClientFrameCodec.create(Http2Settings.defaultSettings(), headerBytes,
				new Resets(connection));
		return new Http2Session(connection, codec, headerBytes,
				new PingHandler(connection, ClientSettings.DEFAULTS.http2()));
	}

	private PooledConnection connection() {
		HostKey key = new HostKey(false, InetSocketAddress.createUnresolved("localhost", 80), 0, 1, null, 1);
		IdleCount idleCount = new IdleCount();
		given(this.owner.host()).willReturn(Host.of("test", key, ClientSettings.DEFAULTS, null));
		given(this.owner.idleCount()).willReturn(idleCount);
		given(this.owner.idleConnections()).willReturn(new LeastRecentlyUsed(idleCount::get, () -> 1));
		given(this.owner.idleLimit()).willReturn(new IdleLimit(ClientSettings.DEFAULTS.pool().idleTimeout()));
		return new PooledConnection(this.owner, this.channel,
				new ConnectionRecord(this.channel, Instant.now(), System.nanoTime()));
	}

}
