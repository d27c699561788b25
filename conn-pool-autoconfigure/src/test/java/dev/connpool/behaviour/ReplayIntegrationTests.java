package dev.connpool.behaviour;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.error.ConnectionLostException;
import dev.connpool.settings.ReplaySettings;
import dev.connpool.testing.DelayingProxy;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.Script;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestResponse;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A request is sent again if that cannot do harm, and only then (B20, B21, B26-B28, N4).
 */
@Transport.Each
class ReplayIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@RegisterExtension
	final Network network;

	private final List<String> arrived = new CopyOnWriteArrayList<>();

	private final AtomicInteger connections = new AtomicInteger();

	ReplayIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD", "OPTIONS", "TRACE" })
	void anIdempotentRequestOnAStaleConnectionIsSentAgain(String method) {
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		Integer status = client.request(method, server.url("/again")).status().block(PATIENCE);
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
		Failure failure = Failure.of(client.post(server.url("/again"), "value"));
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
		String answer = client.request("POST", server.url("/again"))
			.header("idempotency-key", "1")
			.body("value")
			.text()
			.block(PATIENCE);
		assertThat(answer).isEqualTo("ok");
		assertThat(this.arrived).containsExactly("GET /warm", "POST /again", "POST /again");
	}

	@Test
	void aStreamingBodyIsNotSentAgain() {
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		Mono<String> call = client.request("POST", server.url("/again"))
			.header("Idempotency-Key", "1")
			.body(Flux.just("one", "two"))
			.text();
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
		String answer = client.request("POST", server.url("/again"))
			.header("Idempotency-Key", "1")
			.header("Content-Length", "6")
			.body(Flux.just("one", "two"))
			.text()
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
		assertThat(Failure.of(client.get(server.url("/again"))).message()).contains(".replay.enabled' is false");
		assertThat(this.arrived).containsExactly("GET /warm", "GET /again");
	}

	@Test
	void nothingIsSentAgainBeyondTheBudget() {
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network
			.client((settings) -> settings.replay(new ReplaySettings(true, 0, 0, Set.of())));
		client.fetch(server.url("/warm"));
		assertThat(Failure.of(client.get(server.url("/again"))).message()).contains(".replay.budget-ratio' allows 0.0");
		assertThat(this.arrived).containsExactly("GET /warm", "GET /again");
	}

	// A NAT that forgot them all does not say so
	@Test
	void aReplayDoesNotUseAnotherIdleConnection() {
		Gate together = new Gate();
		RawServer server = RawServer.start(this.network, (connection) -> {
			boolean stale = this.connections.incrementAndGet() <= 3;
			readHead(connection);
			connection.waitFor(together);
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
		Mono<List<String>> warm = client.begin(server.url("/warm"), 3);
		await().until(() -> this.arrived.size() == 3);
		together.open();
		assertThat(warm.block(PATIENCE)).containsOnly("ok");
		assertThat(client).connections(server, 0, 0, 3);
		assertThat(client.fetch(server.url("/again"))).isEqualTo("ok");
		assertThat(client.host(server).counters().replaysByReason()).isEqualTo(Map.of("connection-lost", 1L));
		assertThat(this.arrived).filteredOn("GET /again"::equals).hasSize(2);
	}

	@Test
	void aRefusedStreamIsSentAgainWhateverTheMethod() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onRequest(1).refusesStream();
		server.onRequest(2).waitsForBody().refusesStream();
		TestClient client = this.network.client();
		assertThat(client.post(server.url("/again"), "value").block(PATIENCE)).isNotEmpty();
		assertThat(client.host(server).counters().replaysByReason()).isEqualTo(Map.of("refused-stream", 2L));
		assertThat(server).acceptedConnections(1).receivedRequests(3).processedRequests(1);
	}

	@Test
	void aStreamThatIsRefusedForGoodIsGivenUp() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onEveryRequest().refusesStream();
		TestClient client = this.network.client();
		Failure failure = Failure.of(client.get(server.url("/refused")));
		assertThat(failure.message()).contains("the server reset the stream with REFUSED_STREAM",
				"It was sent 6 times");
		// Five pauses that grow: 10, 20, 40, 80 and 160 ms at least.
		assertThat(failure.after()).isGreaterThan(Duration.ofMillis(310));
		assertThat(server).acceptedConnections(1).receivedRequests(6).processedRequests(0);
	}

	// The fifth pause would end after 310 ms at least
	@Test
	void aStreamThatIsRefusedIsGivenUpBeforeTheDeadlinePasses() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onEveryRequest().refusesStream();
		TestClient client = this.network.client((settings) -> settings.request(Duration.ofMillis(300)));
		Failure failure = Failure.of(client.get(server.url("/refused")));
		assertThat(failure.message()).contains("the server reset the stream with REFUSED_STREAM",
				"the request deadline would have passed first");
	}

	@Test
	void aStreamThatWasResetOtherwiseIsNotSentAgain() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onRequest(2).resetsStream(Http2Error.INTERNAL_ERROR);
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		Failure failure = Failure.of(client.get(server.url("/again")));
		assertThat(failure.error()).isInstanceOf(ConnectionLostException.class);
		assertThat(failure.message()).contains("the server reset the stream with INTERNAL_ERROR",
				"the server may have acted on it");
		client.fetch(server.url("/still-there"));
		assertThat(server).acceptedConnections(1).receivedRequests(3);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whatGoAwayLeavesOutIsSentAgainAndNothingElse(boolean announced) {
		ScriptedServer server = this.network.scripted(Wire.H2);
		Script leaving = server.onRequest(21);
		if (announced) {
			leaving.announcesGoAway();
		}
		leaving.goesAwayBefore(Http2Error.NO_ERROR);
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		List<String> answers = Flux.range(0, 40)
			.flatMap((number) -> client.post(server.url("/again"), "value"), 40)
			.collectList()
			.block(PATIENCE);
		assertThat(answers).hasSize(40);
		assertThat(server).acceptedConnections(2).processedRequests(41);
		assertThat(client.host(server).counters().replaysByReason()).containsOnlyKeys("goaway");
	}

	@Test
	void whatGoAwayLeavesOutIsNotSentAgainIfItsBodyIsGone() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onRequest(1).waitsForBody().goesAwayBefore(Http2Error.NO_ERROR);
		TestClient client = this.network.client();
		Failure failure = Failure.of(client.post(server.url("/again"), Flux.just("one", "two")));
		assertThat(failure.message()).contains("the server sent GOAWAY and ignored the request",
				"its streaming body cannot be produced twice");
		assertThat(server).receivedRequests(1);
	}

	@ParameterizedTest
	@EnumSource
	void aStatusIsRetriedIfAskedFor(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).waitsForBody().answers(503, "retry-after", "1");
		server.onRequest(2).waitsForBody().answers(429);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).replay(retrying(429, 503)));
		long start = System.nanoTime();
		assertThat(client.fetch(server.url("/busy"))).isNotEmpty();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
		assertThat(server).receivedRequests(3).acceptedConnections(1);
		assertThat(client.host(server).counters().replaysByReason()).isEqualTo(Map.of("status", 2L));
	}

	@Test
	void aStatusIsNotRetriedByDefaultNorForAPostNorPastTheDeadline() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onEveryRequest().waitsForBody().answers(503, "retry-after", "20");
		TestClient plain = this.network.client();
		assertThat(status(plain, server, "GET")).isEqualTo(503);
		TestClient retrying = this.network.client((settings) -> settings.replay(retrying(503)).request(PATIENCE));
		assertThat(status(retrying, server, "POST")).isEqualTo(503);
		assertThat(status(retrying, server, "GET")).isEqualTo(503);
		assertThat(server).receivedRequests(3);
	}

	@Test
	void aStatusIsNotRetriedForAPostAlthoughThereIsTime() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onEveryRequest().waitsForBody().answers(503);
		TestClient client = this.network.client((settings) -> settings.replay(retrying(503)));
		assertThat(status(client, server, "POST")).isEqualTo(503);
		assertThat(server).receivedRequests(1);
	}

	@ParameterizedTest
	@EnumSource
	void aRequestIsNotSentAgainAfterAnInterimResponse(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(2).sendsInterim(103).closes();
		TestClient client = this.network.client(wire.settings());
		client.fetch(server.url("/warm"));
		Failure failure = Failure.of(client.get(server.url("/again")));
		assertThat(failure.message()).contains("a part of the response had arrived");
		assertThat(server).receivedRequests(2);
	}

	@ParameterizedTest
	@EnumSource
	void aResponseThatBreaksOffSaysHowFarItCame(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(2).sendsHeader().sends("part").closes();
		TestClient client = this.network.client(wire.settings());
		client.fetch(server.url("/warm"));
		Failure failure = Failure.of(client.get(server.url("/again")));
		assertThat(failure.error()).isInstanceOf(ConnectionLostException.class);
		assertThat(failure.message()).contains("after 4 bytes of the response body");
		assertThat(server).receivedRequests(2);
	}

	@Test
	void whatGoAwayAcceptsIsNotSentAgainIfItIsLost() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onRequest(2).waitsForBody().goesAway(Http2Error.NO_ERROR).closes();
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		Failure failure = Failure.of(client.post(server.url("/again"), "value"));
		assertThat(failure.message()).contains("POST is not idempotent");
		assertThat(server).receivedRequests(2);
	}

	private static ReplaySettings retrying(Integer... statuses) {
		return new ReplaySettings(true, 0.2, 10, Set.of(statuses));
	}

	private static Integer status(TestClient client, ObservedServer server, String method) {
		return client.request(method, server.url("/busy")).response().map(TestResponse::status).block(PATIENCE);
	}

	// B12: the deadline of the exchange that was lost went with it
	@Test
	void theDeadlineForTheHeaderBeginsAgain() {
		Duration deadline = Duration.ofSeconds(1);
		Duration most = Duration.ofMillis(600);
		Gate close = new Gate();
		Gate answer = new Gate();
		RawServer server = RawServer.start(this.network, (connection) -> {
			boolean first = this.connections.incrementAndGet() == 1;
			readHead(connection);
			if (!first) {
				connection.waitFor(answer);
			}
			connection.write(OK);
			readHead(connection);
			connection.waitFor(close);
			connection.close();
		});
		TestClient client = this.network.client((settings) -> settings.responseHeader(deadline));
		client.fetch(server.url("/warm"));
		Mono<List<String>> call = client.begin(server.url("/again"), 1);
		await().until(() -> this.arrived.size() == 2);
		await().during(most).until(() -> client.host(server).connections().active() == 1);
		close.open();
		await().until(() -> this.arrived.size() == 3);
		await().during(most).until(() -> client.host(server).connections().active() == 1);
		answer.open();
		assertThat(call.block(PATIENCE)).containsOnly("ok");
	}

	// What the direct transport tells is one error or one response
	@Test
	void nobodyHearsOfAnAttemptThatIsReplaced() {
		this.network.isFor(Transport.REACTOR_NETTY);
		RawServer server = stale((connection) -> {
		});
		TestClient client = this.network.client();
		client.fetch(server.url("/warm"));
		List<Throwable> heard = new CopyOnWriteArrayList<>();
		HttpClient listening = client.httpClient()
			.doOnRequestError((request, error) -> heard.add(error))
			.doOnResponseError((response, error) -> heard.add(error));
		String answer = listening.get()
			.uri(server.url("/again"))
			.responseSingle((response, body) -> body.asString())
			.block(PATIENCE);
		assertThat(answer).isEqualTo("ok");
		assertThat(heard).isEmpty();
		assertThat(this.arrived).containsExactly("GET /warm", "GET /again", "GET /again");
	}

	@Test
	void aReplayedRequestCanBeCancelled() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		Gate again = new Gate();
		server.onRequest(1).refusesStream();
		server.onRequest(2).opens(again).waitsFor(new Gate());
		TestClient client = this.network.client();
		Disposable call = client.get(server.url("/cancelled")).subscribe();
		again.await();
		assertThat(client).activeStreams(server, 1);
		call.dispose();
		assertThat(client).activeStreams(server, 0);
		assertThat(server).acceptedConnections(1);
	}

	// Answers one request on its first connection and closes it during the next
	// The next connection takes its time, in which the queue is looked at again and again
	@Test
	void noMoreIdleConnectionsMakeRoomThanRequestsAreSentAgain() {
		Gate gate = new Gate();
		ScriptedServer server = this.network.scripted(Wire.H1_TLS);
		server.onRequest("/warm").waitsFor(gate).answers();
		server.onRequest(4).closes();
		DelayingProxy distant = DelayingProxy.start(this.network, server, Duration.ofMillis(300));
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(3));
		Mono<List<String>> warm = client.begin(distant.url("/warm"), 3);
		await().until(() -> server.log().arrived() == 3);
		gate.open();
		assertThat(warm.block(PATIENCE)).hasSize(3);
		assertThat(client).connections(distant, 0, 0, 3);
		assertThat(client.fetch(distant.url("/again"))).isNotEmpty();
		assertThat(client).connections(distant, 0, 0, 3);
		assertThat(client.host(distant).counters().closedByReason()).doesNotContainKey("evicted");
		assertThat(server).acceptedConnections(4);
	}

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

	/**
	 * What a server does before it closes.
	 */
	@FunctionalInterface
	private interface Step {

		void run(RawConnection connection) throws IOException;

	}

}
