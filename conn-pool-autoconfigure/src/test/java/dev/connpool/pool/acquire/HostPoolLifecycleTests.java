package dev.connpool.pool.acquire;

import java.util.concurrent.TimeUnit;

import dev.connpool.settings.ClientSettings;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HostPoolLifecycleTests {

	private final TestOwner owner = new TestOwner(ClientSettings.DEFAULTS);

	private final TestMailbox mailbox = TestMailbox.create();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private int due;

	private final HostPoolLifecycle lifecycle = new HostPoolLifecycle(this.mailbox.mailbox(), this.owner,
			this.channel.eventLoop(), () -> this.due++);

	@Test
	void aPoolThatStaysQuietIsForgotten() {
		this.mailbox.run(this.lifecycle::quiet);
		this.mailbox.run(this.lifecycle::quiet);
		pass(299);
		assertThat(this.due).isZero();
		pass(1);
		assertThat(this.due).isOne();
		assertThat(this.mailbox.call(() -> this.lifecycle.forget(true))).isTrue();
		assertThat(this.mailbox.call(this.lifecycle::isOver)).isTrue();
		this.mailbox.run(this.lifecycle::quiet);
		pass(300);
		assertThat(this.due).isOne();
	}

	@Test
	void aPoolThatIsNeededAgainIsNotForgotten() {
		this.mailbox.run(this.lifecycle::quiet);
		pass(200);
		this.mailbox.run(this.lifecycle::stay);
		pass(200);
		assertThat(this.due).isZero();
		this.mailbox.run(this.lifecycle::quiet);
		pass(300);
		assertThat(this.due).isOne();
		assertThat(this.mailbox.call(() -> this.lifecycle.forget(false))).isFalse();
		assertThat(this.mailbox.call(this.lifecycle::isOver)).isFalse();
		this.mailbox.run(this.lifecycle::quiet);
		pass(300);
		assertThat(this.due).isEqualTo(2);
	}

	@Test
	void aPoolWhosePlaceIsTakenIsOverButNotClosed() {
		assertThat(this.mailbox.call(this.lifecycle::isOver)).isFalse();
		this.mailbox.run(this.lifecycle::supersede);
		assertThat(this.mailbox.call(this.lifecycle::isOver)).isTrue();
		assertThat(this.mailbox.call(this.lifecycle::isSuperseded)).isTrue();
		assertThat(this.lifecycle.isClosed()).isFalse();
	}

	// N1: a timer would keep the pool for ever
	@Test
	void thePoolOfAClientThatIsShutDownLeavesNoTimer() {
		this.owner.shutDown = true;
		assertThat(this.lifecycle.isClosed()).isTrue();
		this.mailbox.run(this.lifecycle::quiet);
		pass(300);
		assertThat(this.due).isZero();
	}

	private void pass(long seconds) {
		this.channel.freezeTime();
		this.channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
		this.channel.runScheduledPendingTasks();
	}

}
