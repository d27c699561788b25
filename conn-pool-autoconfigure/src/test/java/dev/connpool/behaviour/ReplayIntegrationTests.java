package dev.connpool.behaviour;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.error.ConnectionLostException;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.ReplaySettings;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import io.netty.handler.codec.http.HttpMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request is sent again if that cannot do harm, and only then (B20, B21, B26-B28, N4).
 */
class ReplayIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@RegisterExtension
	final Network network = new Network();

	private final List<String> arrived = new CopyOnWriteArrayList<>();

	private final AtomicInteger connections = new AtomicInteger();

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD", "OPTIONS", "TRACE" })
	void anIdempotentRequestOnAStaleConnectionIsSentAgain(String method) {
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		Integer status = client.httpClient()
			.request(HttpMethod.valueOf(method))
			.uri(server.url("/again"))
			.response()
			.map((response) -> response.status().code())
			.block(PATIENCE);
		assertThat(status).isEqualTo(200);
		assertThat(this.arrived).containsExactly("GET /warm", method + " /again", method + " /again");
		assertThat(client.host(server).counters().replaysByReason()).isEqualTo(Map.of("connection-lost", 1L));
	}

	@Test
	void aPostOnAStaleConnectionIsNotSentAgain() {
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		Failure failure = Failure.of(post(client.httpClient(), server, "value"));
		assertThat(failure.error()).isInstanceOf(ConnectionLostException.class);
		assertThat(failure.message()).contains("Client 'under-test', host " + server.host(),
				"the server closed the connection, before the response header (POST, attempt 1,", ", reused)",
				"POST is not idempotent; an 'Idempotency-Key' header would allow it");
		assertThat(this.arrived).containsExactly("GET /warm", "POST /again");
	}

	@Test
	void aPostWithAnIdempotencyKeyIsSentAgain() {
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		HttpClient keyed = client.httpClient().headers((headers) -> headers.set("idempotency-key", "1"));
		assertThat(post(keyed, server, "value").block(PATIENCE)).isEqualTo("ok");
		assertThat(this.arrived).containsExactly("GET /warm", "POST /again", "POST /again");
	}

	@Test
	void aStreamingBodyIsNotSentAgain() {
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		Mono<String> call = client.httpClient()
			.headers((headers) -> headers.set("Idempotency-Key", "1"))
			.post()
			.uri(server.url("/again"))
			.send(ByteBufFlux.fromString(Flux.just("one", "two")))
			.responseSingle((response, body) -> body.asString());
		Failure failure = Failure.of(call);
		assertThat(failure.error()).isInstanceOf(ConnectionLostException.class);
		assertThat(failure.message()).contains("its streaming body cannot be produced twice");
		assertThat(this.arrived).containsExactly("GET /warm", "POST /again");
	}

	@Test
	void aStreamingBodyOfStatedLengthIsSentAgain() {
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		String answer = client.httpClient()
			.headers((headers) -> headers.set("Idempotency-Key", "1").set("Content-Length", "6"))
			.post()
			.uri(server.url("/again"))
			.send(ByteBufFlux.fromString(Flux.just("one", "two")))
			.responseSingle((response, body) -> body.asString())
			.block(PATIENCE);
		assertThat(answer).isEqualTo("ok");
		assertThat(this.arrived).containsExactly("GET /warm", "POST /again", "POST /again");
	}

	@Test
	void aFirstUseFailureIsNotSentAgain() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			readHead(connection);
			connection.close();
		});
		TestClient client = this.network.client();
		Failure failure = Failure.of(client.get(server.url("/first")));
		assertThat(failure.error()).isInstanceOf(ConnectionLostException.class);
		assertThat(failure.message()).contains("the connection had never answered before");
		assertThat(this.arrived).containsExactly("GET /first");
	}

	@Test
	void aResponseThatHasBegunIsNotAskedForAgain() {
		RawServer server = stale((connection) -> connection.write("HTTP/1.1 20"));
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		Failure failure = Failure.of(client.get(server.url("/again")));
		assertThat(failure.error()).isInstanceOf(ConnectionLostException.class);
		assertThat(failure.message()).contains("a part of the response had arrived");
		assertThat(this.arrived).containsExactly("GET /warm", "GET /again");
	}

	@Test
	void aReplayThatIsLostIsNotSentAThirdTime() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			if (this.connections.incrementAndGet() == 1) {
				readHead(connection);
				connection.write(OK);
			}
			readHead(connection);
			connection.close();
		});
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		Failure failure = Failure.of(client.get(server.url("/again")));
		assertThat(failure.message()).contains("attempt 2");
		assertThat(this.arrived).containsExactly("GET /warm", "GET /again", "GET /again");
	}

	@Test
	void nothingIsSentAgainIfReplayIsOff() {
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network
			.client((settings) -> settings.replay(new ReplaySettings(false, 0.2, 10, Set.of())));
		client.fetch(server.url("/warm"));
		assertThat(Failure.of(client.get(server.url("/again"))).message()).contains("'replay.enabled' is false");
		assertThat(this.arrived).containsExactly("GET /warm", "GET /again");
	}

	@Test
	void nothingIsSentAgainBeyondTheBudget() {
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network
			.client((settings) -> settings.replay(new ReplaySettings(true, 0, 0, Set.of())));
		client.fetch(server.url("/warm"));
		assertThat(Failure.of(client.get(server.url("/again"))).message()).contains("'replay.budget-ratio' allows 0.0");
		assertThat(this.arrived).containsExactly("GET /warm", "GET /again");
	}

	// A NAT that forgot them all does not say so
	@Test
	void aReplayDoesNotUseAnotherIdleConnection() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			boolean stale = this.connections.incrementAndGet() <= 3;
			readHead(connection);
			connection.write(OK);
			readHead(connection);
			if (stale) {
				connection.close();
			}
			else {
				connection.write(OK);
			}
		});
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(3));
		assertThat(client.fetchTogether(server.url("/warm"), 3)).containsOnly("ok");
		assertThat(client).connections(server, 0, 0, 3);
		assertThat(client.fetch(server.url("/again"))).isEqualTo("ok");
		assertThat(client.host(server).counters().replaysByReason()).isEqualTo(Map.of("connection-lost", 1L));
		assertThat(this.arrived).filteredOn("GET /again"::equals).hasSize(2);
	}

	@Test
	void aRefusedStreamIsSentAgainWhateverTheMethod() {
		RawServer server = h2c("\0\0\0\7", 3);
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		assertThat(post(client.httpClient(), server, "value").block(PATIENCE)).isEmpty();
		assertThat(client.host(server).counters().replaysByReason()).isEqualTo(Map.of("refused-stream", 1L));
		assertThat(server).acceptedConnections(1);
	}

	private RawServer h2c(String error, int stream) {
		return RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(frame(4, 0, 0, "") + frame(3, 0, stream, error));
			connection.write(frame(1, 5, stream + 2, "\u0088"));
		});
	}

	// Answers one request on its first connection and closes it during the next
	private RawServer stale(Step before) {
		return RawServer.start(this.network, (connection) -> {
			boolean first = this.connections.incrementAndGet() == 1;
			readHead(connection);
			connection.write(OK);
			if (first) {
				readHead(connection);
				before.run(connection);
				connection.close();
			}
		});
	}

	private void readHead(RawConnection connection) throws IOException {
		String head = connection.readHead();
		if (head != null) {
			this.arrived.add(head.substring(0, head.indexOf(" HTTP/1.1")));
		}
	}

	private static Mono<String> post(HttpClient client, RawServer server, String body) {
		return client.post()
			.uri(server.url("/again"))
			.send(ByteBufMono.fromString(Mono.just(body)))
			.responseSingle((response, content) -> content.asString().defaultIfEmpty(""));
	}

	private static String frame(int type, int flags, int stream, String payload) {
		return "\0\0" + (char) payload.length() + (char) type + (char) flags + "\0\0\0" + (char) stream + payload;
	}

	/**
	 * What a server does before it closes.
	 */
	@FunctionalInterface
	private interface Step {

		void run(RawConnection connection) throws IOException;

	}

}
