package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

import dev.connpool.error.DeadlineException;
import dev.connpool.error.RequestTimeoutException;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.error.StreamIdleTimeoutException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.handler.timeout.ReadTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Every stage of an exchange has its deadline, which hurts nothing but that exchange (B12
 * to B14).
 */
@Transport.Each
@Execution(ExecutionMode.CONCURRENT)
class ResponseDeadlinesIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration DEADLINE = Duration.ofMillis(400);

	private static final Duration LATE = Duration.ofSeconds(1);

	private static final String TEXT = "text/plain";

	private static final String EVENTS = "text/event-stream";

	private static final Flux<String> DRIP = Flux.interval(Duration.ZERO, Duration.ofMillis(100))
		.map((tick) -> "drip ");

	@RegisterExtension
	final Network network;

	private final Gate gate = new Gate();

	ResponseDeadlinesIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	// B12
	@ParameterizedTest
	@EnumSource
	void aResponseHeaderTakesOnlySoLong(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).responseHeader(DEADLINE));
		client.fetch(server.url("/hello"));
		Failure failure = Failure.of(client.get(server.url("/held")));
		assertDeadline(failure, ResponseHeaderTimeoutException.class);
		assertThat(failure.message()).contains(TestClient.NAME, server.host(), "400 ms",
				TestClient.property("timeouts.response-header"));
		await().until(() -> server.cancelled("/held") == 1);
	}

	// Boot's read-timeout
	@ParameterizedTest
	@EnumSource
	void theReadTimeoutOfTheHttpClientIsToldAsWhatItIs(Wire wire) {
		TestServer server = wire.server()
			.stream("/drip", TEXT, Flux.just("drip").concatWith(Flux.never()))
			.start(this.network);
		TestClient client = this.network.client(wire.settings())
			.derive((httpClient) -> httpClient.responseTimeout(DEADLINE));
		Failure failure = Failure.of(client.get(server.url("/drip")));
		assertThat(failure.error()).isInstanceOf(ReadTimeoutException.class);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		await().until(() -> server.cancelled("/drip") == 1);
	}

	// B12: a server that is not even an HTTP server
	@Test
	void aSilentServerRunsIntoTheResponseHeaderDeadline() {
		RawServer server = RawServer.silent(this.network, "http");
		TestClient client = this.network.client((settings) -> settings.responseHeader(DEADLINE));
		assertDeadline(Failure.of(client.get(server.url("/"))), ResponseHeaderTimeoutException.class);
		assertThat(server).settlesAt(0).acceptedConnections(1);
		assertThat(client).holdsNothing();
	}

	// B12: half a header is no header
	@Test
	void aHeaderThatDripsRunsIntoTheResponseHeaderDeadline() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nContent-Le");
		});
		TestClient client = this.network.client((settings) -> settings.responseHeader(DEADLINE));
		assertDeadline(Failure.of(client.get(server.url("/"))), ResponseHeaderTimeoutException.class);
		assertThat(server).settlesAt(0).acceptedConnections(1);
	}

	// B12
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aSlowBodyDoesNotTripTheResponseHeaderDeadline(Wire wire) {
		TestServer server = wire.server()
			.stream("/pause", TEXT,
					Flux.just("a", "b").concatWith(Mono.delay(DEADLINE.multipliedBy(2)).map((tick) -> "c")))
			.start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).responseHeader(DEADLINE));
		assertThat(client.fetch(server.url("/pause"))).isEqualTo("abc");
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
	}

	// B12: the header of a redirect is a header
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aRedirectWithASlowBodyDoesNotTripTheResponseHeaderDeadline(Wire wire) {
		Flux<String> body = Flux.just("a").concatWith(Mono.delay(DEADLINE.multipliedBy(2)).map((tick) -> "b"));
		TestServer server = wire.server()
			.route("/moved",
					(request, response) -> response.status(302)
						.header("Location", "/hello")
						.send(ByteBufFlux.fromString(body), (buffer) -> true))
			.start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).responseHeader(DEADLINE));
		TestClient following = client.derive((httpClient) -> httpClient.followRedirect(true));
		assertThat(following.fetch(server.url("/moved"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
	}

	// B12
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aSlowUploadDoesNotTripTheResponseHeaderDeadline(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).responseHeader(DEADLINE));
		Mono<String> upload = client.post(server.url("/echo"), DRIP.take(9));
		assertThat(upload.block(PATIENCE)).isEqualTo("drip ".repeat(9));
		assertThat(server).acceptedConnections(1);
	}

	// B12: the deadline belongs to one exchange and ends with it
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aDeadlineThatWasMetHurtsNoLaterExchange(Wire wire) {
		TestServer server = wire.server().slow("/slow", Duration.ofMillis(250)).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).responseHeader(DEADLINE));
		for (int request = 0; request < 4; request++) {
			assertThat(client.fetch(server.url("/slow"))).isEqualTo("slow");
		}
		assertThat(server).acceptedConnections(1);
	}

	// B13
	@ParameterizedTest
	@EnumSource
	void aBodyCountsTowardsTheTotal(Wire wire) {
		TestServer server = wire.server().stream("/drip", TEXT, DRIP).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).request(DEADLINE));
		client.fetch(server.url("/hello"));
		Failure failure = Failure.of(client.get(server.url("/drip")));
		assertDeadline(failure, RequestTimeoutException.class);
		assertThat(failure.message()).contains(TestClient.NAME, server.host(), "400 ms",
				TestClient.property("timeouts.request"));
		await().until(() -> server.cancelled("/drip") == 1);
	}

	// B13
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void waitingForAHeaderCountsTowardsTheTotal(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).request(DEADLINE));
		client.fetch(server.url("/hello"));
		assertDeadline(Failure.of(client.get(server.url("/held"))), RequestTimeoutException.class);
	}

	// B13
	@Test
	void theHandshakeCountsTowardsTheTotal() {
		RawServer server = RawServer.silent(this.network, "https");
		TestClient client = this.network.client((settings) -> settings.request(DEADLINE));
		assertDeadline(Failure.of(client.get(server.url("/"))), RequestTimeoutException.class);
		client.pooled().close();
		assertThat(server).settlesAt(0);
	}

	// B13
	@Test
	void waitingForAConnectionCountsTowardsTheTotal() {
		TestServer server = TestServer.h1().stream("/events", EVENTS, DRIP).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1).request(DEADLINE));
		Disposable events = client.get(server.url("/events")).onErrorComplete().subscribe();
		await().until(() -> server.requests("/events") == 1);
		assertDeadline(Failure.of(client.get(server.url("/hello"))), RequestTimeoutException.class);
		assertThat(client).pending(server, 0);
		events.dispose();
	}

	// B13: slow uploads are no exception
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void anUploadCountsTowardsTheTotal(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).request(DEADLINE));
		client.fetch(server.url("/hello"));
		assertDeadline(Failure.of(client.post(server.url("/echo"), DRIP)), RequestTimeoutException.class);
	}

	// B13
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void anEventStreamOutlivesTheTotal(Wire wire) {
		TestServer server = wire.server().stream("/events", EVENTS, DRIP.take(10)).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).request(DEADLINE));
		assertThat(client.fetch(server.url("/events"))).isEqualTo("drip ".repeat(10));
	}

	// B13
	@ParameterizedTest
	@ValueSource(strings = { "text/event-stream;charset=UTF-8", "Text/Event-Stream", "application/x-ndjson" })
	void everyEventStreamOutlivesTheTotal(String type) {
		TestServer server = TestServer.h1().stream("/events", type, DRIP.take(10)).start(this.network);
		TestClient client = this.network.client((settings) -> settings.request(DEADLINE));
		assertThat(client.fetch(server.url("/events"))).isEqualTo("drip ".repeat(10));
	}

	// B13: only its header frees an event stream
	@Test
	void anEventStreamThatDoesNotStartRunsIntoTheTotal() {
		TestServer server = TestServer.h1()
			.route("/events",
					(request, response) -> this.gate.opened()
						.then(Mono.defer(() -> response.header("Content-Type", EVENTS).sendString(DRIP).then())))
			.start(this.network);
		TestClient client = this.network.client((settings) -> settings.request(DEADLINE));
		assertDeadline(Failure.of(client.get(server.url("/events"))), RequestTimeoutException.class);
	}

	// B13
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void anEventStreamMayBeSilentOnlySoLong(Wire wire) {
		TestServer server = wire.server()
			.stream("/events", EVENTS, Flux.just("first ").concatWith(Flux.never()))
			.start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).streamIdle(DEADLINE));
		client.fetch(server.url("/hello"));
		Failure failure = Failure.of(client.get(server.url("/events")));
		assertDeadline(failure, StreamIdleTimeoutException.class);
		assertThat(failure.message()).contains(TestClient.NAME, server.host(), "400 ms",
				TestClient.property("timeouts.stream-idle"));
		await().until(() -> server.cancelled("/events") == 1);
	}

	// B13
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aLivelyEventStreamIsNotSilent(Wire wire) {
		TestServer server = wire.server().stream("/events", EVENTS, DRIP.take(10)).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).streamIdle(DEADLINE));
		assertThat(client.fetch(server.url("/events"))).isEqualTo("drip ".repeat(10));
	}

	// B13: what is no event stream may pause
	@Test
	void aDownloadMayBeSilentForLonger() {
		TestServer server = TestServer.h1()
			.stream("/pause", TEXT, Flux.just("a").concatWith(Mono.delay(DEADLINE.multipliedBy(2)).map((tick) -> "b")))
			.start(this.network);
		TestClient client = this.network.client((settings) -> settings.streamIdle(DEADLINE));
		assertThat(client.fetch(server.url("/pause"))).isEqualTo("ab");
	}

	// B13: 0 is none
	@Test
	void withoutDeadlinesAnExchangeMayTakeItsTime() {
		TestServer server = TestServer.h1().slow("/slow", DEADLINE.multipliedBy(2)).start(this.network);
		TestClient client = this.network
			.client((settings) -> settings.responseHeader(Duration.ZERO).request(Duration.ZERO));
		assertThat(client.fetch(server.url("/slow"))).isEqualTo("slow");
	}

	// B13
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aShorterDeadlineOfTheCallerWins(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client(wire.settings());
		client.fetch(server.url("/hello"));
		Failure failure = Failure.of(client.get(server.url("/held")).timeout(DEADLINE));
		assertThat(failure.error()).isInstanceOf(TimeoutException.class);
		await().until(() -> server.cancelled("/held") == 1);
		assertAfterwards(wire, server, client);
	}

	// B14
	@ParameterizedTest
	@EnumSource
	void aCancelledExchangeEndsAtTheServer(Wire wire) {
		TestServer server = wire.server().stream("/drip", TEXT, DRIP).start(this.network);
		TestClient client = this.network.client(wire.settings());
		Disposable call = client.request("GET", server.url("/drip")).parts().subscribe();
		await().until(() -> server.requests("/drip") == 1);
		call.dispose();
		await().until(() -> server.cancelled("/drip") == 1);
		assertAfterwards(wire, server, client);
	}

	// B14
	@ParameterizedTest
	@EnumSource
	void afterADeadlineHttp11ClosesAndHttp2OnlyResetsTheStream(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).responseHeader(DEADLINE).maxConnectionsPerHost(1));
		client.fetch(server.url("/hello"));
		assertDeadline(Failure.of(client.get(server.url("/held"))), ResponseHeaderTimeoutException.class);
		await().until(() -> server.cancelled("/held") == 1);
		assertAfterwards(wire, server, client);
	}

	// B14, B19
	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void aDeadlineDoesNotHurtOtherStreams(Wire wire) {
		TestServer server = wire.server()
			.hold("/held", new Gate())
			.stream("/body", TEXT, Flux.just("start ").concatWith(this.gate.opened().thenReturn("end")))
			.start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).responseHeader(DEADLINE));
		Mono<List<String>> bystanders = client.begin(server.url("/body"), 5);
		await().until(() -> server.requests("/body") == 5);
		assertThat(Failure.ofAll(client.get(server.url("/held")), 5))
			.allSatisfy((failure) -> assertDeadline(failure, ResponseHeaderTimeoutException.class));
		this.gate.open();
		assertThat(bystanders.block(PATIENCE)).hasSize(5).containsOnly("start end");
		assertThat(server).acceptedConnections(1);
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
	}

	private static void assertAfterwards(Wire wire, TestServer server, TestClient client) {
		if (!wire.multiplexed()) {
			assertThat(server).settlesAt(0).acceptedConnections(1);
		}
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).settlesAt(1).acceptedConnections(wire.multiplexed() ? 1 : 2);
		assertThat(client).connections(server, 0, 0, 1).activeStreams(server, 0);
	}

	private static void assertDeadline(Failure failure, Class<? extends DeadlineException> type) {
		assertThat(failure.error()).isInstanceOf(type)
			.extracting((error) -> ((DeadlineException) error).deadline())
			.isEqualTo(DEADLINE);
		assertThat(failure.after()).isBetween(DEADLINE.minusMillis(20), DEADLINE.plus(LATE));
	}

}
