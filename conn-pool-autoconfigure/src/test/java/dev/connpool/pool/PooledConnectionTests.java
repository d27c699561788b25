package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.time.Instant;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.settings.ClientSettings;
import dev.connpool.snapshot.ConnectionSnapshot;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.resolver.DefaultAddressResolverGroup;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PooledConnectionTests {

	private final ConnectionPool client = new ConnectionPool("test", ClientSettings.DEFAULTS, ConnectionListeners.NONE);

	private final EmbeddedChannel channel = new EmbeddedChannel();

	// One thread reserves a stream while another is about to note that there was none
	@Test
	void aConnectionWithAStreamIsNotIdle() {
		PooledConnection connection = connection();
		Http2FrameCodec codec = Http2FrameCodecBuilder.forClient().build();
		Http2Session session = new Http2Session(connection, codec, new HeaderByteCounter(),
				new PingHandler(connection, ClientSettings.DEFAULTS.http2()));
		connection.negotiated(session);
		session.becomesIdle();
		assertThat(connection.state()).isEqualTo(ConnectionSnapshot.State.IDLE);
		assertThat(session.tryReserve()).isTrue();
		connection.idle();
		assertThat(connection.idleSince()).isZero();
		assertThat(connection.state()).isEqualTo(ConnectionSnapshot.State.ACTIVE);
		this.channel.close();
	}

	private PooledConnection connection() {
		HostKey key = new HostKey(false, InetSocketAddress.createUnresolved("localhost", 80), 0, 1, null, 1);
		HostPool host = new HostPool(this.client.hosts(), key, Host.of("test", key, ClientSettings.DEFAULTS, null),
				DefaultAddressResolverGroup.INSTANCE, this.channel.eventLoop());
		return new PooledConnection(host, this.channel,
				new ConnectionRecord(this.channel, Instant.now(), System.nanoTime()));
	}

}
