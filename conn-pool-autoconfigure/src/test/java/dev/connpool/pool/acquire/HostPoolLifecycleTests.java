package dev.connpool.pool.acquire;

import java.util.concurrent.TimeUnit;

import dev.connpool.settings.ClientSettings;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HostPoolLifecycleTests {

	private final TestOwner owner = new TestOwner(ClientSettings.DEFAULTS);

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private int due;

	private final HostPoolLifecycle lifecycle = new HostPoolLifecycle(this.owner, this.channel.eventLoop(),
			() -> this.due++);

	@Test
	void aPoolThatStaysQuietIsForgotten() {
		this.lifecycle.quiet();
		this.lifecycle.quiet();
		pass(299);
		assertThat(this.due).isZero();
		pass(1);
		assertThat(this.due).isOne();
		assertThat(this.lifecycle.forget(true)).isTrue();
		assertThat(this.lifecycle.isOver()).isTrue();
		this.lifecycle.quiet();
		pass(300);
		assertThat(this.due).isOne();
	}

	@Test
	void aPoolThatIsNeededAgainIsNotForgotten() {
		this.lifecycle.quiet();
		pass(200);
		this.lifecycle.stay();
		pass(200);
		assertThat(this.due).isZero();
		this.lifecycle.quiet();
		pass(300);
		assertThat(this.due).isOne();
		assertThat(this.lifecycle.forget(false)).isFalse();
		assertThat(this.lifecycle.isOver()).isFalse();
		this.lifecycle.quiet();
		pass(300);
		assertThat(this.due).isEqualTo(2);
	}

	@Test
	void aPoolWhosePlaceIsTakenIsOverButNotClosed() {
		assertThat(this.lifecycle.isOver()).isFalse();
		this.lifecycle.supersede();
		assertThat(this.lifecycle.isOver()).isTrue();
		assertThat(this.lifecycle.isSuperseded()).isTrue();
		assertThat(this.lifecycle.isClosed()).isFalse();
	}

	// N1: a timer would keep the pool for ever
	@Test
	void thePoolOfAClientThatIsShutDownLeavesNoTimer() {
		this.owner.shutDown = true;
		assertThat(this.lifecycle.isClosed()).isTrue();
		this.lifecycle.quiet();
		pass(300);
		assertThat(this.due).isZero();
	}

	private void pass(long seconds) {
		this.channel.freezeTime();
		this.channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
		this.channel.runScheduledPendingTasks();
	}

}
