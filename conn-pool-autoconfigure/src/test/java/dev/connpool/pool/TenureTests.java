package dev.connpool.pool;

import java.util.concurrent.TimeUnit;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TenureTests {

	private final ConnectionPool client = new ConnectionPool("test", ClientSettings.DEFAULTS, ConnectionListeners.NONE);

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private int due;

	private final Tenure tenure = new Tenure(this.client.hosts(), this.channel.eventLoop(), () -> this.due++);

	@Test
	void aPoolThatStaysQuietIsForgotten() {
		this.tenure.quiet();
		this.tenure.quiet();
		pass(299);
		assertThat(this.due).isZero();
		pass(1);
		assertThat(this.due).isOne();
		assertThat(this.tenure.forget(true)).isTrue();
		assertThat(this.tenure.isOver()).isTrue();
		this.tenure.quiet();
		pass(300);
		assertThat(this.due).isOne();
	}

	@Test
	void aPoolThatIsNeededAgainIsNotForgotten() {
		this.tenure.quiet();
		pass(200);
		this.tenure.stay();
		pass(200);
		assertThat(this.due).isZero();
		this.tenure.quiet();
		pass(300);
		assertThat(this.due).isOne();
		assertThat(this.tenure.forget(false)).isFalse();
		assertThat(this.tenure.isOver()).isFalse();
		this.tenure.quiet();
		pass(300);
		assertThat(this.due).isEqualTo(2);
	}

	@Test
	void aPoolWhosePlaceIsTakenIsOverButNotClosed() {
		assertThat(this.tenure.isOver()).isFalse();
		this.tenure.supersede();
		assertThat(this.tenure.isOver()).isTrue();
		assertThat(this.tenure.isSuperseded()).isTrue();
		assertThat(this.tenure.isClosed()).isFalse();
	}

	// N1: a timer would keep the pool for ever
	@Test
	void thePoolOfAClientThatIsShutDownLeavesNoTimer() {
		this.client.shutDown().subscribe();
		assertThat(this.tenure.isClosed()).isTrue();
		this.tenure.quiet();
		pass(300);
		assertThat(this.due).isZero();
	}

	private void pass(long seconds) {
		this.channel.freezeTime();
		this.channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
		this.channel.runScheduledPendingTasks();
	}

}
