package dev.connpool.behaviour;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

import dev.connpool.settings.IdleTimeout;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A client learns how long its server keeps idle connections, and closes first (B7, B8).
 */
class IdleLimitIntegrationTests {

	private static final Duration LIMIT = Duration.ofMillis(1200);

	private static final int ENOUGH = 3;

	@RegisterExtension
	final Network network = new Network();

	@ParameterizedTest
	@EnumSource
	void theClientClosesFirstOnceItHasLearnedTheLimit(Wire wire) {
		TestServer server = wire.server().idleTimeout(LIMIT).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).idleTimeout(IdleTimeout.AUTO));
		for (int round = 1; round <= ENOUGH; round++) {
			assertThat(client.host(server).serverIdleLimit()).isNull();
			fetchAndWaitUntilClosed(client, server);
		}
		assertThat(closed(client, server)).doesNotContainKey("idle-timeout");
		assertThat(client.host(server).serverIdleLimit()).isBetween(LIMIT.minusMillis(100), LIMIT.multipliedBy(2));
		fetchAndWaitUntilClosed(client, server);
		assertThat(closed(client, server)).containsEntry("idle-timeout", 1L);
		assertThat(client.pooled().snapshot().recentlyClosed().get(0)).satisfies((last) -> {
			assertThat(last.reason()).isEqualTo("idle-timeout");
			assertThat(Objects.requireNonNull(last.idleFor()))
				.isLessThan(Objects.requireNonNull(client.host(server).serverIdleLimit()));
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void connectionsThatAreIdleAlreadyFollow(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).idleTimeout(IdleTimeout.AUTO));
		for (int round = 1; round < ENOUGH; round++) {
			closeAfterLimit(client, server);
		}
		TestServer other = wire.server().start(this.network);
		client.fetch(other.url("/hello"));
		closeAfterLimit(client, server);
		assertThat(client.host(server).serverIdleLimit()).isNotNull();
		client.fetch(server.url("/hello"));
		await().atMost(LIMIT.multipliedBy(3)).until(() -> server.connections().open() == 0);
		assertThat(closed(client, server)).containsEntry("idle-timeout", 1L);
		assertThat(client).connections(other, 0, 0, 1);
	}

	private static void closeAfterLimit(TestClient client, TestServer server) {
		client.fetch(server.url("/hello"));
		assertThat(client).connections(server, 0, 0, 1);
		await().pollDelay(LIMIT).until(() -> true);
		server.closeConnections();
		assertThat(client).connections(server, 0, 0, 0);
	}

	private static void fetchAndWaitUntilClosed(TestClient client, TestServer server) {
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client).connections(server, 0, 0, 1).connections(server, 0, 0, 0);
	}

	private static Map<String, Long> closed(TestClient client, TestServer server) {
		return client.host(server).counters().closedByReason();
	}

}
