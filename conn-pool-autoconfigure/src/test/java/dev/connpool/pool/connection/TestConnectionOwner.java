package dev.connpool.pool.connection;

import java.net.InetSocketAddress;
import java.time.Instant;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostEvents;
import dev.connpool.pool.host.HostKey;
import dev.connpool.pool.host.IdleCount;
import dev.connpool.pool.host.RecentlyClosed;
import dev.connpool.pool.memory.HostMemory;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.Channel;
import org.mockito.Mockito;

import static org.mockito.BDDMockito.given;

/**
 * An owner of connections that is asked, and told, what it is. The calling thread always
 * has its mailbox.
 */
public final class TestConnectionOwner {

	private TestConnectionOwner() {
	}

	public static ConnectionOwner of(ClientSettings settings) {
		HostKey key = new HostKey(false, InetSocketAddress.createUnresolved("localhost", 80), 0, 1, null, 1);
		Host host = Host.of("test", key, settings, null);
		IdleCount idleCount = new IdleCount();
		ConnectionOwner owner = Mockito.mock(ConnectionOwner.class);
		given(owner.host()).willReturn(host);
		given(owner.inMailbox()).willReturn(true);
		given(owner.events())
			.willReturn(new HostEvents(host, ConnectionListeners.NONE, new RecentlyClosed(), new HostMemory()));
		given(owner.idleCount()).willReturn(idleCount);
		given(owner.idleConnections()).willReturn(new LeastRecentlyUsed(idleCount::get, () -> 1000));
		given(owner.idleLimit()).willReturn(new IdleLimit(settings.pool().idleTimeout()));
		return owner;
	}

	public static PooledConnection connection(ConnectionOwner owner, Channel channel) {
		return new PooledConnection(owner, channel, new ConnectionRecord(channel, Instant.now(), System.nanoTime()));
	}

}
