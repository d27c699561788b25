package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.connpool.settings.IdleTimeout;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

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
		await().until(() -> client.host(server).serverIdleLimit() != null);
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

	// A timer for 90 s is running on it when the limit is learned
	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void aConnectionThatIsIdleAlreadyFollows(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		Gate kept = new Gate();
		server.onRequest("/kept").waitsForBody().waitsFor(kept).answers();
		TestClient client = this.network.client((settings) -> settings.idleTimeout(IdleTimeout.AUTO));
		closeAfterLimit(client, server, "/first", () -> {
		});
		closeAfterLimit(client, server, "/second", () -> {
		});
		Mono<List<String>> call = client.begin(server.url("/kept"), 1);
		await().until(() -> server.log().arrived("GET", "/kept") == 1);
		closeAfterLimit(client, server, "/third", () -> {
			kept.open();
			assertThat(call.block(LIMIT)).hasSize(1);
		});
		assertThat(server).openConnections(1).settlesAt(0, LIMIT.multipliedBy(3));
		assertThat(client.host(server).counters().closedByReason()).containsEntry("idle-timeout", 1L);
	}

	private static void closeAfterLimit(TestClient client, ScriptedServer server, String path, Runnable meanwhile) {
		Gate gate = new Gate();
		server.onRequest(path).waitsForBody().answers().waitsFor(gate).closes();
		client.fetch(server.url(path));
		await().pollDelay(LIMIT.dividedBy(2)).until(() -> true);
		meanwhile.run();
		await().pollDelay(LIMIT.dividedBy(2)).until(() -> true);
		long closed = client.host(server).counters().closed();
		gate.open();
		await().until(() -> client.host(server).counters().closed() == closed + 1);
	}

	private static void fetchAndWaitUntilClosed(TestClient client, TestServer server) {
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client).connections(server, 0, 0, 1).connections(server, 0, 0, 0);
	}

	private static Map<String, Long> closed(TestClient client, TestServer server) {
		return client.host(server).counters().closedByReason();
	}

}
