package dev.connpool.pool.http1;

import java.util.concurrent.TimeUnit;

import dev.connpool.pool.connection.ConnectionOwner;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.TestConnectionOwner;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;

/**
 * Tests for {@link Http1Session}.
 */
class Http1SessionTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final ConnectionOwner owner = TestConnectionOwner.of(ClientSettings.DEFAULTS);

	private final PooledConnection connection = TestConnectionOwner.connection(this.owner, this.channel);

	private final Http1Session session = new Http1Session(this.connection, null);

	Http1SessionTests() {
		this.connection.negotiated(this.session);
	}

	// Free or not, in the mailbox

	@Test
	void roomIsReservedOnceUntilTheConnectionIsIdleAgain() {
		assertThat(this.session.tryReserve()).as("it is not free before it says so").isFalse();
		this.session.becomesIdle();
		assertThat(this.owner.idleCount().get()).isOne();
		assertThat(this.session.tryReserve()).isTrue();
		assertThat(this.owner.idleCount().get()).isZero();
		assertThat(this.session.tryReserve()).isFalse();
		assertThat(this.owner.idleCount().get()).isZero();
		this.session.becomesIdle();
		assertThat(this.session.tryReserve()).isTrue();
	}

	@Test
	void whatIsClosedIsTakenOutButServesNobody() {
		this.session.becomesIdle();
		this.channel.close();
		assertThat(this.session.tryReserve()).isFalse();
		assertThat(this.owner.idleCount().get()).isZero();
	}

	@Test
	void onlyWhatIsFreeIsClosedAsUnused() {
		assertThat(this.session.closeIfUnused(CloseReason.MAX_IDLE)).isFalse();
		assertThat(this.connection.isFit()).isTrue();
		this.session.becomesIdle();
		assertThat(this.session.closeIfUnused(CloseReason.MAX_IDLE)).isTrue();
		assertClosed(CloseReason.MAX_IDLE);
		assertThat(this.connection.end().idleFor()).as("it was idle").isNotNull();
		assertThat(this.owner.idleCount().get()).isZero();
		assertThat(this.session.closeIfUnused(CloseReason.MAX_IDLE)).isFalse();
	}

	@Test
	void whatIsFreeAndDrainedIsClosed() {
		this.session.becomesIdle();
		this.session.drain(CloseReason.DRAINED);
		assertClosed(CloseReason.DRAINED);
	}

	@Test
	void whatIsInUseAndDrainedIsNotClosed() {
		this.session.drain(CloseReason.DRAINED);
		assertThat(this.connection.isDraining()).isTrue();
		assertThat(this.connection.isFit()).isTrue();
	}

	@Test
	void whetherItIsFreeBelongsToTheMailbox() {
		given(this.owner.inMailbox()).willReturn(false);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.session::becomesIdle);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.session::tryReserve);
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.session.closeIfUnused(CloseReason.MAX_IDLE));
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.session.drain(CloseReason.DRAINED));
	}

	// What it carries, on the event loop

	@Test
	void itCarriesOneExchange() {
		Lease lease = granted();
		this.session.serve(lease);
		then(lease).should().begin(this.session, false);
		assertThat(lease.isActive()).isTrue();
		assertThat(this.session.carries(lease)).isTrue();
		assertThat(this.session.active()).isOne();
		assertThat(this.session.limit()).isOne();
	}

	@Test
	void anExchangeThatItCannotCarryYetGoesElsewhere() {
		Lease first = granted();
		Lease second = granted();
		this.session.serve(first);
		this.session.serve(second);
		then(this.owner).should().reassign(second);
		assertThat(this.session.carries(first)).isTrue();
	}

	@Test
	void anExchangeForAConnectionThatIsClosedGoesElsewhere() {
		this.connection.closing(CloseReason.MAX_LIFETIME);
		Lease lease = granted();
		this.session.serve(lease);
		then(this.owner).should().reassign(lease);
		then(lease).should(Mockito.never()).begin(any(), anyBoolean());
	}

	@Test
	void aConnectionWhoseCallerHasGivenUpIsFreeAgain() {
		Lease lease = granted();
		lease.decline();
		this.session.serve(lease);
		then(this.owner).should().roomFree(this.connection);
		assertThat(this.session.active()).isZero();
	}

	@Test
	void anExchangeThatCannotBeginLeavesNoUsableConnection() {
		Lease lease = granted();
		IllegalStateException thrown = new IllegalStateException("told to fail");
		willThrow(thrown).given(lease).begin(any(), anyBoolean());
		this.session.serve(lease);
		then(lease).should().failed(thrown);
		assertThat(this.session.active()).isZero();
		assertClosed(CloseReason.CANCELLED);
	}

	@Test
	void anExchangeThatHasBegunEndsByItself() {
		Lease lease = granted();
		willThrow(new IllegalStateException("told to fail")).given(lease).begin(any(), anyBoolean());
		given(lease.hasBegun()).willReturn(true);
		this.session.serve(lease);
		assertThat(this.session.carries(lease)).isTrue();
		assertThat(this.connection.isFit()).isTrue();
	}

	@Test
	void theNextExchangeIsNotTheFirst() {
		Lease first = carried();
		assertThat(this.session.release(first, true)).isTrue();
		Lease second = granted();
		this.session.serve(second);
		then(second).should().begin(this.session, true);
	}

	@Test
	void whatHasAnsweredIsUsedAgain() {
		Lease lease = carried();
		assertThat(this.session.release(lease, true)).isTrue();
		then(lease).should().ended();
		then(this.owner).should().roomFree(this.connection);
		assertThat(this.session.active()).isZero();
		assertThat(this.connection.isFit()).isTrue();
	}

	@Test
	void whatWasReleasedEarlyIsReleasedOnce() {
		Lease lease = carried();
		this.session.releaseEarly();
		this.session.releaseEarly();
		assertThat(this.session.carries(lease)).as("until the event loop has finished with it").isTrue();
		assertThat(this.session.release(lease, true)).isTrue();
		then(this.owner).should().roomFree(this.connection);
	}

	@Test
	void whatCameTooEarlyDoesNotKeepTheConnectionFromBeingReleased() {
		Lease lease = carried();
		this.session.releaseEarly();
		Lease early = granted();
		this.session.serve(early);
		then(this.owner).should().reassign(early);
		this.session.release(lease, true);
		then(this.owner).should(Mockito.times(2)).roomFree(this.connection);
	}

	@Test
	void whatTheServerWantsClosedIsClosedAfterTheResponse() {
		Lease lease = carried();
		this.session.idleAtMost(0);
		assertThat(this.session.isKeptAlive()).isFalse();
		this.session.releaseEarly();
		assertThat(this.session.release(lease, true)).isFalse();
		then(this.owner).should(Mockito.never()).roomFree(any());
		assertClosed(CloseReason.KEEP_ALIVE_OFF);
	}

	@Test
	void whatWasNotAnsweredAndIsNotKeptWasCancelled() {
		Lease lease = carried();
		this.connection.markPersistent(false);
		assertThat(this.session.release(lease, false)).isFalse();
		assertClosed(CloseReason.CANCELLED);
	}

	@Test
	void whatTheServerHasClosedIsNotUsedAgain() {
		Lease lease = carried();
		this.channel.close();
		assertThat(this.session.release(lease, true)).isFalse();
		then(lease).should().ended();
		then(this.owner).should(Mockito.never()).roomFree(any());
	}

	@Test
	void anExchangeWithoutAResponseEndsWithTheConnection() {
		Lease lease = carried();
		this.session.gone();
		then(lease).should().ended();
		assertThat(this.session.active()).isZero();
		this.session.gone();
		then(lease).should().ended();
	}

	@Test
	void anExchangeWithAResponseEndsWhenItIsReleased() {
		Lease lease = carried();
		given(lease.isReading()).willReturn(true);
		this.session.gone();
		then(lease).should(Mockito.never()).ended();
		assertThat(this.session.carries(lease)).isTrue();
	}

	@Test
	void howLongTheServerKeepsTheConnectionIsHeeded() {
		assertThat(this.connection.idleTimer().isServers()).isFalse();
		this.session.idleAtMost(TimeUnit.SECONDS.toNanos(5));
		assertThat(this.connection.idleTimer().isServers()).isTrue();
		assertThat(this.session.isKeptAlive()).isTrue();
	}

	private void assertClosed(CloseReason reason) {
		assertThat(this.connection.isFit()).isFalse();
		assertThat(this.connection.end().reason()).isEqualTo(reason);
		this.channel.runPendingTasks();
		assertThat(this.channel.isOpen()).isFalse();
	}

	private Lease carried() {
		Lease lease = granted();
		this.session.serve(lease);
		assertThat(this.session.carries(lease)).isTrue();
		return lease;
	}

	private Lease granted() {
		Lease lease = Mockito.mock(Lease.class,
				Mockito.withSettings().useConstructor().defaultAnswer(Mockito.CALLS_REAL_METHODS));
		assertThat(lease.grant(this.connection)).isTrue();
		return lease;
	}

}
