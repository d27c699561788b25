package dev.connpool.pool.acquire;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.dial.Dial;
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

	private final List<Dial> dials = new ArrayList<>();

	private final List<Throwable> told = new ArrayList<>();

	@Test
	void eachCallerGetsAConnectionAsFarAsTheLimitAllows() {
		Planned host = new Planned(new TestSettings().protocols(Protocol.HTTP_1_1).maxConnectionsPerHost(3));
		host.ask(2);
		host.run(host.dialPlanner::dialForWaiting);
		host.run(host.dialPlanner::dialForWaiting);
		assertThat(this.dials).hasSize(2);
		host.ask(2);
		host.run(host.dialPlanner::dialForWaiting);
		assertThat(this.dials).hasSize(3);
		assertThat(host.call(host.dialPlanner::expected)).isEqualTo(3);
	}

	@Test
	void whereConnectionsAreSharedOneIsWaitedFor() {
		Planned host = new Planned(new TestSettings().protocols(Protocol.H2C));
		host.ask(50);
		host.run(host.dialPlanner::dialForWaiting);
		host.run(host.dialPlanner::dialForWaiting);
		assertThat(this.dials).hasSize(1);
		assertThat(host.call(host.dialPlanner::expected)).isGreaterThanOrEqualTo(50);
	}

	@Test
	void whatTheServerAllowsOnOneConnectionSaysHowManyItTakes() {
		Planned host = new Planned(new TestSettings().protocols(Protocol.H2C));
		host.run(() -> host.dialPlanner.dials().streamLimit(10));
		host.ask(25);
		host.run(host.dialPlanner::dialForWaiting);
		assertThat(this.dials).hasSize(3);
	}

	@Test
	void aFailureIsToldToOneCallerAndTheLastOneToAll() {
		Planned host = new Planned(new TestSettings().protocols(Protocol.HTTP_1_1));
		host.ask(2);
		host.run(host.dialPlanner::dialForWaiting);
		host.ask(2);
		ConnPoolException first = host.pool.host().errors().closed();
		host.run(() -> host.dialPlanner.failed(this.dials.get(0), first));
		assertTold(first);
		host.run(host.dialPlanner::dialForWaiting);
		assertThat(this.dials).as("none while others may fail too").hasSize(2);
		ConnPoolException last = host.pool.host().errors().closed();
		host.run(() -> host.dialPlanner.failed(this.dials.get(1), last));
		assertTold(first, last, last, last);
		assertThat(host.call(host.dialPlanner::isQuiet)).isTrue();
	}

	@Test
	void whileAnythingIsOpenNobodyElseIsToldOfAFailure() {
		Planned host = new Planned(new TestSettings().protocols(Protocol.HTTP_1_1));
		host.open();
		host.call(host.connections::take);
		host.ask(1);
		host.run(host.dialPlanner::dialForWaiting);
		host.ask(1);
		ConnPoolException error = host.pool.host().errors().closed();
		host.run(() -> host.dialPlanner.failed(this.dials.get(0), error));
		assertTold(error);
		assertThat(host.call(host.pendingAcquires::size)).isOne();
	}

	@Test
	void whatIsKeptReadyIsOpenedForNobody() {
		Planned host = new Planned(
				new TestSettings().protocols(Protocol.HTTP_1_1).maxConnectionsPerHost(3).minIdleConnections(3));
		host.run(host.dialPlanner::fill);
		assertThat(this.dials).isEmpty();
		assertThat(host.call(host.dialPlanner::isQuiet)).isTrue();
		host.run(() -> host.dialPlanner.warm().keep(this.spec, () -> {
		}));
		assertThat(host.call(host.dialPlanner::isQuiet)).isFalse();
		host.open();
		host.run(host.dialPlanner::fill);
		host.run(host.dialPlanner::fill);
		assertThat(this.dials).hasSize(2);
	}

	@Test
	void roomIsMadeOnceForEachCallerThatWantsAFreshConnection() {
		Planned host = new Planned(new TestSettings().protocols(Protocol.HTTP_1_1).maxConnectionsPerHost(3));
		host.open();
		host.open();
		host.run(() -> host.dialPlanner.makeRoom(1));
		assertThat(host.connections.leaving()).as("there was room").isZero();
		host.open();
		host.run(() -> host.dialPlanner.makeRoom(1));
		host.run(() -> host.dialPlanner.makeRoom(1));
		assertThat(host.connections.leaving()).isOne();
		host.run(() -> host.dialPlanner.makeRoom(2));
		assertThat(host.connections.leaving()).isEqualTo(2);
	}

	private void assertTold(Throwable... errors) {
		this.channel.runPendingTasks();
		assertThat(this.told).containsExactly(errors);
	}

	/**
	 * What is planned for one host.
	 */
	private final class Planned {

		private final HostPool pool;

		private final TestMailbox mailbox;

		private final Connections connections;

		private final PendingAcquires pendingAcquires;

		private final DialPlanner dialPlanner;

		Planned(TestSettings settings) {
			EventLoop eventLoop = DialPlannerTests.this.eventLoop;
			this.pool = new TestOwner(settings.build()).pool(eventLoop);
			this.mailbox = new TestMailbox(this.pool.mailbox());
			MultiplexedSessions sessions = new MultiplexedSessions(this.pool.mailbox(), false);
			this.connections = new Connections(this.pool.mailbox(), sessions);
			this.pendingAcquires = new PendingAcquires(this.pool.mailbox(), eventLoop, 1);
			this.dialPlanner = new DialPlanner(this.pool, this.connections, sessions, this.pendingAcquires,
					DialPlannerTests.this.dials::add);
		}

		<T> T call(Callable<T> task) {
			return this.mailbox.call(task);
		}

		void run(Runnable task) {
			this.mailbox.run(task);
		}

		void ask(int more) {
			for (int number = 0; number < more; number++) {
				TestExchange exchange = new TestExchange(this.pool.dispatcher(), DialPlannerTests.this.spec,
						DialPlannerTests.this.told::add);
				run(() -> this.pendingAcquires.add(exchange));
			}
		}

		void open() {
			PooledConnection connection = TestConnections.open(this.pool);
			run(() -> this.connections.add(connection));
		}

	}

}
