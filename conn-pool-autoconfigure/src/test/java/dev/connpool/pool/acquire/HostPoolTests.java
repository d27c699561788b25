package dev.connpool.pool.acquire;

import java.util.List;

import dev.connpool.pool.host.CloseReason;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.EventLoop;
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
		HostPool host = new TestOwner(ClientSettings.DEFAULTS).pool(this.eventLoop);
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
