package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.connpool.error.ConnPoolException;
import dev.connpool.listener.ConnectionListeners;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.TestSettings;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.resolver.DefaultAddressResolverGroup;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;

import static org.assertj.core.api.Assertions.assertThat;

class DiallerTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final EventLoop eventLoop = this.channel.eventLoop();

	private final HttpClientConfig config = HttpClient.create().configuration();

	private final Sessions sessions = new Sessions(false);

	private final Connections connections = new Connections(this.sessions, new IdleCount());

	private final Waiters waiters = new Waiters(this.eventLoop, 1);

	private final List<Dial> dials = new ArrayList<>();

	private final List<Throwable> told = new ArrayList<>();

	@Test
	void eachCallerGetsAConnectionAsFarAsTheLimitAllows() {
		Dialler dialler = dialler(new TestSettings().protocols(Protocol.HTTP_1_1).maxConnectionsPerHost(3));
		waiters(2);
		dialler.serve();
		dialler.serve();
		assertThat(this.dials).hasSize(2);
		waiters(2);
		dialler.serve();
		assertThat(this.dials).hasSize(3);
		assertThat(dialler.expected()).isEqualTo(3);
	}

	@Test
	void whereConnectionsAreSharedOneIsWaitedFor() {
		Dialler dialler = dialler(new TestSettings().protocols(Protocol.H2C));
		waiters(50);
		dialler.serve();
		dialler.serve();
		assertThat(this.dials).hasSize(1);
		assertThat(dialler.expected()).isGreaterThanOrEqualTo(50);
	}

	@Test
	void whatTheServerAllowsOnOneConnectionSaysHowManyItTakes() {
		Dialler dialler = dialler(new TestSettings().protocols(Protocol.H2C));
		dialler.dials().streamLimit(10);
		waiters(25);
		dialler.serve();
		assertThat(this.dials).hasSize(3);
	}

	@Test
	void aFailureIsToldToOneCallerAndTheLastOneToAll() {
		Dialler dialler = dialler(new TestSettings().protocols(Protocol.HTTP_1_1));
		waiters(2);
		dialler.serve();
		waiters(2);
		ConnPoolException first = error();
		dialler.failed(this.dials.get(0), first);
		assertTold(first);
		dialler.serve();
		assertThat(this.dials).as("none while others may fail too").hasSize(2);
		ConnPoolException last = error();
		dialler.failed(this.dials.get(1), last);
		assertTold(first, last, last, last);
		assertThat(dialler.isQuiet()).isTrue();
	}

	@Test
	void whileAnythingIsOpenNobodyElseIsToldOfAFailure() {
		Dialler dialler = dialler(new TestSettings().protocols(Protocol.HTTP_1_1));
		open();
		this.connections.take();
		waiters(1);
		dialler.serve();
		waiters(1);
		ConnPoolException error = error();
		dialler.failed(this.dials.get(0), error);
		assertTold(error);
		assertThat(this.waiters.size()).isOne();
	}

	@Test
	void whatIsKeptReadyIsOpenedForNobody() {
		Dialler dialler = dialler(
				new TestSettings().protocols(Protocol.HTTP_1_1).maxConnectionsPerHost(3).minIdleConnections(3));
		dialler.fill();
		assertThat(this.dials).isEmpty();
		assertThat(dialler.isQuiet()).isTrue();
		dialler.reserve().keep(this.config, () -> {
		});
		assertThat(dialler.isQuiet()).isFalse();
		open();
		dialler.fill();
		dialler.fill();
		assertThat(this.dials).hasSize(2);
	}

	@Test
	void roomIsMadeOnceForEachCallerThatWantsAFreshConnection() {
		Dialler dialler = dialler(new TestSettings().protocols(Protocol.HTTP_1_1).maxConnectionsPerHost(3));
		open();
		open();
		dialler.makeRoom(1);
		assertThat(this.connections.leaving()).as("there was room").isZero();
		open();
		dialler.makeRoom(1);
		dialler.makeRoom(1);
		assertThat(this.connections.leaving()).isOne();
		dialler.makeRoom(2);
		assertThat(this.connections.leaving()).isEqualTo(2);
	}

	private HostPool pool(ClientSettings settings) {
		HostKey key = new HostKey(false, InetSocketAddress.createUnresolved("localhost", 80), 0, 1, null, 1);
		return new HostPool(new ConnectionPool("test", settings, ConnectionListeners.NONE).hosts(), key,
				Host.of("test", key, settings, null), DefaultAddressResolverGroup.INSTANCE, this.eventLoop);
	}

	private Dialler dialler(TestSettings settings) {
		return new Dialler(pool(settings.build()), this.connections, this.sessions, this.waiters, this.dials::add);
	}

	private void waiters(int more) {
		HostPool pool = pool(ClientSettings.DEFAULTS);
		for (int number = 0; number < more; number++) {
			this.waiters
				.add(new Exchange(pool.callers(), this.config, ConnectionObserver.emptyListener(), new Caller()));
		}
	}

	private void open() {
		EmbeddedChannel open = new EmbeddedChannel();
		this.connections.add(new PooledConnection(pool(ClientSettings.DEFAULTS), open,
				new ConnectionRecord(open, Instant.now(), System.nanoTime())));
	}

	private ConnPoolException error() {
		return pool(ClientSettings.DEFAULTS).host().closed();
	}

	private void assertTold(Throwable... errors) {
		this.channel.runPendingTasks();
		assertThat(this.told).containsExactly(errors);
	}

	private final class Caller extends BaseSubscriber<Connection> {

		@Override
		protected void hookOnError(Throwable error) {
			DiallerTests.this.told.add(error);
		}

	}

}
