package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.util.List;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.EventLoop;
import io.netty.resolver.DefaultAddressResolverGroup;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;

class HostPoolTests {

	private final EventLoop eventLoop = Mockito.mock(EventLoop.class, Mockito.RETURNS_MOCKS);

	// N1: a timer would keep the pool for ever
	@Test
	void aHostThatIsForgottenLeavesNoTimer() {
		ConnectionPool client = new ConnectionPool("test", ClientSettings.DEFAULTS, ConnectionListeners.NONE);
		HostKey key = new HostKey(false, InetSocketAddress.createUnresolved("localhost", 80), 0, 1, null, 1);
		HostPool host = new HostPool(client.hosts(), key, Host.of("test", key, ClientSettings.DEFAULTS, null),
				DefaultAddressResolverGroup.INSTANCE, this.eventLoop);
		host.drain(CloseReason.DRAINED);
		assertThat(timers()).hasSize(1);
		timers().get(0).run();
		assertThat(timers()).hasSize(1);
	}

	private List<Runnable> timers() {
		ArgumentCaptor<Runnable> timers = ArgumentCaptor.forClass(Runnable.class);
		Mockito.verify(this.eventLoop, Mockito.atLeastOnce()).schedule(timers.capture(), anyLong(), any());
		return timers.getAllValues();
	}

}
