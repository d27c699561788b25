package dev.connpool.behaviour;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.ReadTimeoutHandler;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers that applications commonly add to a connection serve an exchange and harm no
 * other.
 */
class HandlersIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@RegisterExtension
	final Network network = new Network();

	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void aReadTimeoutHandlerEndsAnExchange(Wire wire) {
		TestServer server = wire.server().hold("/held", new Gate()).start(this.network);
		TestClient client = this.network.client();
		assertThat(Failure.of(get(client, server.url("/held"))).error()).isInstanceOf(ReadTimeoutException.class);
		assertThat(server).settlesAt(0);
	}

	@ParameterizedTest
	@EnumSource
	void aReadTimeoutHandlerLeavesAnIdleConnectionAlone(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int request = 0; request < 2; request++) {
			assertThat(get(client, server.url("/hello")).block(PATIENCE)).isEqualTo("hello");
			await().during(Duration.ofMillis(600)).until(() -> server.connections().open() == 1);
		}
		assertThat(server).acceptedConnections(1);
	}

	private static Mono<String> get(TestClient client, String url) {
		return client.httpClient()
			.doOnConnected(
					(connection) -> connection.addHandlerLast(new ReadTimeoutHandler(300, TimeUnit.MILLISECONDS)))
			.get()
			.uri(url)
			.responseSingle((response, body) -> body.asString());
	}

}
