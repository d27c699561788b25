package dev.connpool.pool.acquire;

import java.util.ArrayList;
import java.util.List;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.dial.Dial;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.TestSettings;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DialPlannerTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final EventLoop eventLoop = this.channel.eventLoop();

	private final TestSpec spec = new TestSpec(this.eventLoop);

	private final MultiplexedSessions sessions = new MultiplexedSessions(false);

	private final Connections connections = new Connections(this.sessions);

	private final PendingAcquires pendingAcquires = new PendingAcquires(this.eventLoop, 1);

	private final List<Dial> dials = new ArrayList<>();

	private final List<Throwable> told = new ArrayList<>();

	@Test
	void eachCallerGetsAConnectionAsFarAsTheLimitAllows() {
		DialPlanner dialPlanner = dialPlanner(new TestSettings().protocols(Protocol.HTTP_1_1).maxConnectionsPerHost(3));
		pendingAcquires(2);
		dialPlanner.dialForWaiting();
		dialPlanner.dialForWaiting();
		assertThat(this.dials).hasSize(2);
		pendingAcquires(2);
		dialPlanner.dialForWaiting();
		assertThat(this.dials).hasSize(3);
		assertThat(dialPlanner.expected()).isEqualTo(3);
	}

	@Test
	void whereConnectionsAreSharedOneIsWaitedFor() {
		DialPlanner dialPlanner = dialPlanner(new TestSettings().protocols(Protocol.H2C));
		pendingAcquires(50);
		dialPlanner.dialForWaiting();
		dialPlanner.dialForWaiting();
		assertThat(this.dials).hasSize(1);
		assertThat(dialPlanner.expected()).isGreaterThanOrEqualTo(50);
	}

	@Test
	void whatTheServerAllowsOnOneConnectionSaysHowManyItTakes() {
		DialPlanner dialPlanner = dialPlanner(new TestSettings().protocols(Protocol.H2C));
		dialPlanner.dials().streamLimit(10);
		pendingAcquires(25);
		dialPlanner.dialForWaiting();
		assertThat(this.dials).hasSize(3);
	}

	@Test
	void aFailureIsToldToOneCallerAndTheLastOneToAll() {
		DialPlanner dialPlanner = dialPlanner(new TestSettings().protocols(Protocol.HTTP_1_1));
		pendingAcquires(2);
		dialPlanner.dialForWaiting();
		pendingAcquires(2);
		ConnPoolException first = error();
		dialPlanner.failed(this.dials.get(0), first);
		assertTold(first);
		dialPlanner.dialForWaiting();
		assertThat(this.dials).as("none while others may fail too").hasSize(2);
		ConnPoolException last = error();
		dialPlanner.failed(this.dials.get(1), last);
		assertTold(first, last, last, last);
		assertThat(dialPlanner.isQuiet()).isTrue();
	}

	@Test
	void whileAnythingIsOpenNobodyElseIsToldOfAFailure() {
		DialPlanner dialPlanner = dialPlanner(new TestSettings().protocols(Protocol.HTTP_1_1));
		open();
		this.connections.take();
		pendingAcquires(1);
		dialPlanner.dialForWaiting();
		pendingAcquires(1);
		ConnPoolException error = error();
		dialPlanner.failed(this.dials.get(0), error);
		assertTold(error);
		assertThat(this.pendingAcquires.size()).isOne();
	}

	@Test
	void whatIsKeptReadyIsOpenedForNobody() {
		DialPlanner dialPlanner = dialPlanner(
				new TestSettings().protocols(Protocol.HTTP_1_1).maxConnectionsPerHost(3).minIdleConnections(3));
		dialPlanner.fill();
		assertThat(this.dials).isEmpty();
		assertThat(dialPlanner.isQuiet()).isTrue();
		dialPlanner.warm().keep(this.spec, () -> {
		});
		assertThat(dialPlanner.isQuiet()).isFalse();
		open();
		dialPlanner.fill();
		dialPlanner.fill();
		assertThat(this.dials).hasSize(2);
	}

	@Test
	void roomIsMadeOnceForEachCallerThatWantsAFreshConnection() {
		DialPlanner dialPlanner = dialPlanner(new TestSettings().protocols(Protocol.HTTP_1_1).maxConnectionsPerHost(3));
		open();
		open();
		dialPlanner.makeRoom(1);
		assertThat(this.connections.leaving()).as("there was room").isZero();
		open();
		dialPlanner.makeRoom(1);
		dialPlanner.makeRoom(1);
		assertThat(this.connections.leaving()).isOne();
		dialPlanner.makeRoom(2);
		assertThat(this.connections.leaving()).isEqualTo(2);
	}

	private HostPool pool(ClientSettings settings) {
		return new TestOwner(settings).pool(this.eventLoop);
	}

	private DialPlanner dialPlanner(TestSettings settings) {
		return new DialPlanner(pool(settings.build()), this.connections, this.sessions, this.pendingAcquires,
				this.dials::add);
	}

	private void pendingAcquires(int more) {
		HostPool pool = pool(ClientSettings.DEFAULTS);
		for (int number = 0; number < more; number++) {
			this.pendingAcquires.add(new TestExchange(pool.dispatcher(), this.spec, this.told::add));
		}
	}

	private void open() {
		this.connections.add(TestSession.connection(new TestOwner(ClientSettings.DEFAULTS)));
	}

	private ConnPoolException error() {
		return pool(ClientSettings.DEFAULTS).host().errors().closed();
	}

	private void assertTold(Throwable... errors) {
		this.channel.runPendingTasks();
		assertThat(this.told).containsExactly(errors);
	}

}
