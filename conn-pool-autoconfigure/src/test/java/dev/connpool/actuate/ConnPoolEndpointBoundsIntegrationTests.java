package dev.connpool.actuate;

import java.time.Duration;
import java.util.List;

import dev.connpool.actuate.EndpointApplication.Answer;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What {@link ConnPoolEndpoint} lists is bounded, what it counts is not.
 */
class ConnPoolEndpointBoundsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int CONNECTIONS = 2_000;

	private static final int STREAMS = 10_000;

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	private final EndpointApplication application = EndpointApplication.start(WebApplicationType.REACTIVE,
			"conn-pool.pool.max-connections-per-host=0", "conn-pool.pool.max-pending-acquires=" + STREAMS,
			"conn-pool.timeouts.connect=60s", "conn-pool.timeouts.acquire=60s",
			"conn-pool.timeouts.response-header=60s", "conn-pool.timeouts.request=60s");

	@AfterEach
	void close() {
		this.gate.open();
		this.application.close();
	}

	@Test
	void thousandsOfConnectionsAndStreamsAreCountedAndNotAllListed() {
		TestServer h1 = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestServer h2 = TestServer.h2().hold("/held", this.gate).start(this.network);
		Mono<List<String>> calls = begin(h1, CONNECTIONS);
		Mono<List<String>> streams = begin(h2, STREAMS);
		Answer answer = this.application.get("/default");
		assertThat(answer.json().has("partial")).isFalse();
		JsonNode connections = answer.json().get("hosts").get(h1.host());
		assertThat(connections.at("/connections/active").asInt()).isEqualTo(CONNECTIONS);
		assertThat(connections.get("connectionList")).hasSize(500);
		assertThat(connections.get("omittedConnections").asInt()).isEqualTo(CONNECTIONS - 500);
		JsonNode multiplexed = answer.json().get("hosts").get(h2.host());
		assertThat(multiplexed.at("/streams/active").asInt()).isEqualTo(STREAMS);
		assertThat(multiplexed.get("omittedConnections").asInt()).isZero();
		assertThat(multiplexed.get("connectionList")).hasSize(multiplexed.at("/connections/active").asInt())
			.hasSize(STREAMS / 1_000)
			.allSatisfy((connection) -> {
				assertThat(connection.get("streams")).hasSize(200);
				assertThat(connection.get("omittedStreams").asInt()).isEqualTo(800);
			});
		assertThat(answer.text()).hasSizeLessThan(1_500_000);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(CONNECTIONS).containsOnly("held");
		assertThat(streams.block(PATIENCE)).hasSize(STREAMS).containsOnly("held");
	}

	// B47
	@Test
	void hostsBeyondTheBoundAreCountedAndTheWorstAreListed() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network, "0.0.0.0", 0);
		String busy = "127.1.2.3:" + server.port();
		Mono<List<String>> calls = this.application.begin(2, "http://" + busy + "/held");
		await().atMost(PATIENCE).until(() -> server.requests("/held") == 2);
		for (int number = 1; number <= 129; number++) {
			this.application.begin(1, "http://127.1.1.%d:%d/hello".formatted(number, server.port())).block(PATIENCE);
		}
		for (JsonNode client : List.of(this.application.get("/default").json(),
				this.application.get("").json().at("/clients/default"))) {
			assertThat(client.get("hosts")).hasSize(100);
			assertThat(client.get("omittedHosts").asInt()).isEqualTo(30);
			assertThat(client.get("hosts").has("http://" + busy)).isTrue();
		}
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(2);
	}

	private Mono<List<String>> begin(TestServer server, int times) {
		Mono<List<String>> bodies = this.application.begin(times, server.url("/held"));
		await().atMost(PATIENCE).until(() -> server.requests("/held") == times);
		return bodies;
	}

}
