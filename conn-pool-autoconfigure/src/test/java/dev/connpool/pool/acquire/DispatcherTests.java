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

	private final HostPool pool = new TestOwner(ClientSettings.DEFAULTS).pool(this.channel.eventLoop());

	private final TestMailbox mailbox = new TestMailbox(this.pool.mailbox());

	private final MultiplexedSessions sessions = new MultiplexedSessions(this.pool.mailbox(), false);

	private final Connections connections = new Connections(this.pool.mailbox(), this.sessions);

	private final PendingAcquires pendingAcquires = new PendingAcquires(this.pool.mailbox(), this.channel.eventLoop(),
			1);

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
		this.mailbox.run(this.dispatcher::serveWaiting);
		assertThat(first.granted()).isSameAs(connection);
		assertThat(second.isWaiting()).isTrue();
		assertThat(this.mailbox.call(this.pendingAcquires::size)).isOne();
	}

	@Test
	void whatNeedsAStreamIsRefusedWhereThereAreNone() {
		PooledConnection connection = add();
		TestExchange exchange = ask(true);
		this.mailbox.run(this.dispatcher::serveWaiting);
		this.channel.runPendingTasks();
		assertThat(exchange.isWaiting()).isFalse();
		assertThat(exchange.connection()).isNull();
		assertThat(this.told).singleElement()
			.isInstanceOf(NoCommonProtocolException.class)
			.extracting(Throwable::getMessage)
			.asString()
			.contains("needs a stream");
		assertThat(this.mailbox.call(connection.session()::tryReserve)).as("it is free again").isTrue();
	}

	private PooledConnection add() {
		PooledConnection connection = TestConnections.open(this.pool);
		this.mailbox.run(() -> this.connections.add(connection));
		return connection;
	}

	private TestExchange ask(boolean needsStream) {
		TestExchange exchange = new TestExchange(this.dispatcher, new TestSpec(this.channel.eventLoop()),
				this.told::add, needsStream);
		this.mailbox.run(() -> this.pendingAcquires.add(exchange));
		return exchange;
	}

}
