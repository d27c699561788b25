package dev.connpool.pool.connection;

import java.util.concurrent.TimeUnit;

import dev.connpool.pool.host.CloseReason;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ConnectionSnapshot.State;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;

/**
 * Tests for {@link PooledConnection}.
 */
class PooledConnectionTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final ConnectionOwner owner = TestConnectionOwner.of(ClientSettings.DEFAULTS);

	private final PooledConnection connection = TestConnectionOwner.connection(this.owner, this.channel);

	@Test
	void itHasNoSessionUntilAProtocolIsNegotiated() {
		assertThat(this.connection.isNegotiated()).isFalse();
		assertThatNullPointerException().isThrownBy(this.connection::session);
		Session session = Mockito.mock(Session.class);
		this.connection.negotiated(session);
		assertThat(this.connection.session()).isSameAs(session);
	}

	@Test
	void itIsOpenedUsedDrainedAndClosed() {
		assertThat(this.connection.isOpen()).isTrue();
		open();
		assertThat(this.connection.isOpen()).isTrue();
		assertThat(this.connection.isFit()).isTrue();
		this.connection.drain(CloseReason.GOAWAY);
		assertThat(this.connection.isOpen()).isFalse();
		assertThat(this.connection.isDraining()).isTrue();
		assertThat(this.connection.isFit()).as("what was granted may begin").isTrue();
		assertThat(this.connection.snapshotState()).isEqualTo(State.DRAINING);
		this.connection.close(CloseReason.DRAINED);
		assertThat(this.connection.isDraining()).isFalse();
		assertThat(this.connection.mayCarry()).isFalse();
		assertThat(this.connection.isFit()).isFalse();
		assertThat(this.channel.isOpen()).as("only when the event loop has done what it does").isTrue();
		this.channel.runPendingTasks();
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.connection.end().reason()).isEqualTo(CloseReason.GOAWAY);
	}

	@Test
	void itDoesNotGoBack() {
		this.connection.closing(CloseReason.MAX_IDLE);
		this.connection.drain(CloseReason.DRAINED);
		assertThat(this.connection.isDraining()).isFalse();
		open();
		assertThat(this.connection.isOpen()).isFalse();
		assertThat(this.connection.mayCarry()).isFalse();
		this.connection.closed(false);
		this.connection.closing(CloseReason.CANCELLED);
		assertThat(this.connection.mayCarry()).isFalse();
		assertThat(this.connection.end().reason()).isEqualTo(CloseReason.MAX_IDLE);
	}

	@Test
	void whatTheServerClosesCarriesNothing() {
		open();
		this.channel.close();
		assertThat(this.connection.isFit()).isFalse();
		this.connection.closed(true);
		assertThat(this.connection.mayCarry()).isFalse();
		assertThat(this.connection.end().reason()).isEqualTo(CloseReason.PEER_RESET);
	}

	@Test
	void whileItIsOpenItIsIdleOrActive() {
		open();
		assertThat(this.connection.snapshotState()).isEqualTo(State.ACTIVE);
		this.connection.idle();
		assertThat(this.connection.snapshotState()).isEqualTo(State.IDLE);
		assertThat(this.owner.idleCount().get()).isOne();
		this.connection.busy();
		assertThat(this.connection.snapshotState()).isEqualTo(State.ACTIVE);
		assertThat(this.connection.idleSince()).isZero();
		assertThat(this.owner.idleCount().get()).isZero();
	}

	@Test
	void whatIsSuspectIsShownAsProbing() {
		Session session = Mockito.mock(Session.class);
		given(session.isProbing()).willReturn(true);
		this.connection.negotiated(session);
		assertThat(this.connection.snapshotState()).isEqualTo(State.PROBING);
		this.connection.drain(CloseReason.DRAINED);
		assertThat(this.connection.snapshotState()).isEqualTo(State.DRAINING);
	}

	@Test
	void itsOwnerLearnsThatItsEventLoopIsGone() throws Exception {
		MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
		LocalChannel stranded = new LocalChannel();
		group.register(stranded).sync();
		PooledConnection connection = TestConnectionOwner.connection(this.owner, stranded);
		group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
		connection.close(CloseReason.SHUTDOWN);
		then(this.owner).should().stranded(connection);
	}

	@Test
	void whatBelongsToItsEventLoopIsRefusedElsewhere() throws Exception {
		MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
		try {
			LocalChannel elsewhere = new LocalChannel();
			group.register(elsewhere).sync();
			PooledConnection connection = TestConnectionOwner.connection(this.owner, elsewhere);
			Session session = Mockito.mock(Session.class);
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> connection.negotiated(session));
			elsewhere.eventLoop().submit(() -> connection.negotiated(session)).sync();
			assertThat(connection.session()).isSameAs(session);
		}
		finally {
			group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
		}
	}

	private void open() {
		this.connection.record().secured(Protocol.HTTP_1_1);
		this.connection.opened();
	}

}
