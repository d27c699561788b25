package dev.connpool.pool.acquire;

import java.util.ArrayList;
import java.util.List;

import dev.connpool.error.NoCommonProtocolException;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DispatcherTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final TestOwner owner = new TestOwner(ClientSettings.DEFAULTS);

	private final HostPool pool = this.owner.pool(this.channel.eventLoop());

	private final MultiplexedSessions sessions = new MultiplexedSessions(false);

	private final Connections connections = new Connections(this.sessions);

	private final PendingAcquires pendingAcquires = new PendingAcquires(this.channel.eventLoop(), 1);

	private final Dispatcher dispatcher = new Dispatcher(this.pool, this.connections, this.sessions,
			this.pendingAcquires,
			new DialPlanner(this.pool, this.connections, this.sessions, this.pendingAcquires, (dial) -> {
			}));

	private final List<Throwable> told = new ArrayList<>();

	@Test
	void whoeverComesFirstIsServedFirst() {
		PooledConnection connection = add();
		TestExchange first = ask(false);
		TestExchange second = ask(false);
		this.pool.post(this.dispatcher::serveWaiting);
		assertThat(first.granted()).isSameAs(connection);
		assertThat(second.isWaiting()).isTrue();
		assertThat(this.pendingAcquires.size()).isOne();
	}

	@Test
	void whatNeedsAStreamIsRefusedWhereThereAreNone() {
		PooledConnection connection = add();
		TestExchange exchange = ask(true);
		this.pool.post(this.dispatcher::serveWaiting);
		this.channel.runPendingTasks();
		assertThat(exchange.isWaiting()).isFalse();
		assertThat(exchange.connection()).isNull();
		assertThat(this.told).singleElement()
			.isInstanceOf(NoCommonProtocolException.class)
			.extracting(Throwable::getMessage)
			.asString()
			.contains("needs a stream");
		assertThat(connection.session().tryReserve()).as("it is free again").isTrue();
	}

	private PooledConnection add() {
		PooledConnection connection = TestSession.connection(this.owner);
		this.connections.add(connection);
		return connection;
	}

	private TestExchange ask(boolean needsStream) {
		TestExchange exchange = new TestExchange(this.dispatcher, new TestSpec(this.channel.eventLoop()),
				this.told::add, needsStream);
		this.pendingAcquires.add(exchange);
		return exchange;
	}

}
