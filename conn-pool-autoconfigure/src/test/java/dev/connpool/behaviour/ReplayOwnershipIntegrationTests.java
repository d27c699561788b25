package dev.connpool.behaviour;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import dev.connpool.error.ClientClosedException;
import dev.connpool.settings.ReplaySettings;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A request that is sent again has done with its first connection, and does harm to no
 * other (B26, N1, N4).
 */
@Transport.Each
class ReplayOwnershipIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@RegisterExtension
	final Network network;

	private final List<String> arrived = new CopyOnWriteArrayList<>();

	ReplayOwnershipIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@Test
	void aCallerThatGivesUpMeanwhileDoesNotCloseTheConnectionOfAnother() {
		Gate answer = new Gate();
		RawServer server = busy("Retry-After: 8\r\nContent-Length: 0\r\n\r\n", answer);
		TestClient client = retrying((settings) -> settings.maxConnectionsPerHost(1));
		Disposable givenUp = client.get(server.url("/busy")).subscribe();
		await().until(() -> client.host(server).counters().replaysByReason().containsKey("status"));
		Mono<List<String>> other = client.begin(server.url("/other"), 1);
		await().until(() -> this.arrived.contains("GET /other"));
		givenUp.dispose();
		answer.open();
		assertThat(other.block(PATIENCE)).containsOnly("ok");
		assertThat(server).acceptedConnections(1);
	}

	@Test
	void aRequestThatIsToBeSentAgainLaterEndsWithItsClient() {
		Gate answer = new Gate();
		RawServer server = busy("Retry-After: 8\r\nContent-Length: 0\r\n\r\n", answer);
		TestClient client = retrying((settings) -> settings);
		Mono<String> call = client.get(server.url("/busy")).cache();
		call.onErrorComplete().subscribe();
		await().until(() -> client.host(server).counters().replaysByReason().containsKey("status"));
		client.pooled().close();
		answer.open();
		Failure failure = Failure.of(call);
		assertThat(failure.error()).isInstanceOf(ClientClosedException.class);
		assertThat(failure.after()).isLessThan(Duration.ofSeconds(4));
	}

	@Test
	void whatIsDiscardedOfARefusalMayBeMalformed() {
		Gate retried = new Gate();
		AtomicInteger connections = new AtomicInteger();
		RawServer server = RawServer.start(this.network, (connection) -> {
			boolean first = connections.incrementAndGet() == 1;
			readHead(connection);
			if (first) {
				connection.write("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
						+ "Transfer-Encoding: chunked\r\n\r\n");
				connection.waitFor(retried);
				connection.write("malformed\r\n");
			}
			else {
				connection.write(OK);
			}
		});
		TestClient client = retrying((settings) -> settings);
		Mono<String> call = client.get(server.url("/busy")).cache();
		call.onErrorComplete().subscribe();
		await().until(() -> client.host(server).counters().replaysByReason().containsKey("status"));
		retried.open();
		assertThat(call.block(PATIENCE)).isEqualTo("ok");
		assertThat(server).acceptedConnections(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD" })
	void aStatusWithoutABodyIsRetriedOnTheSameConnection(String method) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			readHead(connection);
			connection.write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
			readHead(connection);
			connection.write("HTTP/1.1 204 No Content\r\n\r\n");
		});
		TestClient client = retrying((settings) -> settings);
		Integer status = client.request(method, server.url("/busy")).status().block(PATIENCE);
		assertThat(status).isEqualTo(204);
		assertThat(this.arrived).containsExactly(method + " /busy", method + " /busy");
		assertThat(server).acceptedConnections(1);
	}

	@Test
	void aRequestThatKillsConnectionsKillsTwo() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		Gate answer = new Gate();
		for (int connection = 1; connection <= 3; connection++) {
			server.onConnection(connection).allowsStreams(2);
		}
		server.onRequest("/held").waitsFor(new Gate());
		server.onRequest("/answered").waitsFor(answer).answers();
		server.onRequest("/fatal").closes();
		TestClient client = this.network.client();
		int streams = 0;
		for (String path : List.of("/held", "/answered", "/held", "/answered")) {
			client.begin(server.url(path), 1);
			assertThat(client).activeStreams(server, ++streams);
		}
		answer.open();
		assertThat(client).activeStreams(server, 2);
		Failure failure = Failure.of(client.get(server.url("/fatal")));
		assertThat(failure.message()).contains("attempt 2", "two connections broke under it");
		assertThat(server).acceptedConnections(2).receivedRequest("GET", "/fatal", 2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 4 })
	void aRequestIsNotSentAgainOnAnotherIdleConnectionOfHttp2(int maxConnections) {
		ScriptedServer server = this.network.scripted(Wire.H2);
		for (int connection = 1; connection <= 4; connection++) {
			server.onConnection(connection).allowsStreams(1);
		}
		Gate together = new Gate();
		server.onRequest("/warm").waitsFor(together).answers();
		server.onRequest(5).closes();
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(maxConnections));
		Mono<List<String>> warm = client.begin(server.url("/warm"), 4);
		assertThat(client).activeStreams(server, 4);
		together.open();
		assertThat(warm.block(PATIENCE)).hasSize(4);
		assertThat(client).connections(server, 0, 0, 4);
		assertThat(client.fetch(server.url("/again"))).isNotEmpty();
		assertThat(server).acceptedConnections(5).receivedRequest("GET", "/again", 2);
		assertThat(client.host(server).counters().replaysByReason()).isEqualTo(Map.of("connection-lost", 1L));
	}

	private RawServer busy(String refusal, Gate answer) {
		return RawServer.start(this.network, (connection) -> {
			readHead(connection);
			connection.write("HTTP/1.1 503 Service Unavailable\r\n" + refusal);
			readHead(connection);
			connection.waitFor(answer);
			connection.write(OK);
		});
	}

	private TestClient retrying(UnaryOperator<TestSettings> change) {
		return this.network
			.client((settings) -> change.apply(settings).replay(new ReplaySettings(true, 0.2, 10, Set.of(503))));
	}

	private void readHead(RawConnection connection) throws IOException {
		String head = connection.readHead();
		if (head != null) {
			this.arrived.add(head.substring(0, head.indexOf(" HTTP/1.1")));
		}
	}

}
