package dev.connpool.behaviour;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import dev.connpool.error.ProtocolErrorException;
import dev.connpool.settings.ProxySettings;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestResponse;
import dev.connpool.testing.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a server sends beyond the end of a response costs its connection, and no other
 * exchange sees any of it (B36, N5).
 */
@Transport.Each
class LeftoversIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private static final String EVIL = "HTTP/1.1 403 Forbidden\r\nSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n";

	private static final String HALF = "HTTP/1.1 403 Forbidden\r\nSet-Cookie: evil=1\r\nX: ";

	@RegisterExtension
	final Network network;

	private final Gate gate = new Gate();

	private final CountDownLatch written = new CountDownLatch(1);

	static Stream<Arguments> leftovers() {
		return Stream.of(Security.values())
			.flatMap((security) -> Stream.of(Response.values())
				.flatMap((response) -> Stream.of(EVIL, HALF, "H", OK + EVIL)
					.map((leftover) -> Arguments.of(security, response, leftover))));
	}

	LeftoversIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@MethodSource("leftovers")
	void whatFollowsAResponseReachesNobody(Security security, Response response, String leftover) {
		RawServer server = security.start(this.network,
				answering((connection) -> connection.write(response.text + leftover)));
		TestClient client = this.network.client();
		assertThat(response.exchange(client, server)).isEqualTo(response.status);
		assertNextIsServedElsewhere(client, server);
	}

	@ParameterizedTest
	@MethodSource("leftovers")
	void whatArrivesWhileTheConnectionIsIdleReachesNobody(Security security, Response response, String leftover) {
		RawServer server = security.start(this.network, answering((connection) -> {
			connection.write(response.text);
			connection.waitFor(this.gate);
			connection.write(leftover);
		}));
		TestClient client = this.network.client();
		assertThat(response.exchange(client, server)).isEqualTo(response.status);
		assertThat(client).connections(server, 0, 0, 1);
		this.gate.open();
		assertThat(client).connections(server, 0, 0, 0);
		assertNextIsServedElsewhere(client, server);
	}

	// The event loop has not looked at the socket when the next request is made
	@ParameterizedTest
	@EnumSource
	void whatLiesInTheSocketReachesNobody(Security security) {
		RawServer server = security.start(this.network, answering(this::late));
		whatLiesInTheSocketReachesNobody(this.network.client(), server);
	}

	@ParameterizedTest
	@EnumSource
	void whatLiesInTheSocketReachesNobodyWithoutNativeTransport(Security security) {
		LoopResources loops = LoopResources.create("no-native", 1, true);
		try {
			RawServer server = security.start(this.network, answering(this::late));
			TestClient client = this.network.client();
			whatLiesInTheSocketReachesNobody(client.derive((httpClient) -> httpClient.runOn(loops, false)), server);
		}
		finally {
			loops.dispose();
		}
	}

	private void whatLiesInTheSocketReachesNobody(TestClient client, RawServer server) {
		String next = client.get(server.url("/bad"))
			.doOnNext((body) -> awaitLeftover())
			.flatMap((body) -> client.get(server.url("/next")))
			.block(PATIENCE);
		assertThat(next).isEqualTo("ok");
		assertNextIsServedElsewhere(client, server);
	}

	// It is assigned when the response has ended, and before the leftover arrives
	@ParameterizedTest
	@EnumSource
	void aCallerThatWaitsForTheConnectionSeesNothingOfIt(Security security) {
		Gate asked = new Gate();
		RawServer server = security.start(this.network, answering((connection) -> {
			connection.waitFor(asked);
			late(connection);
		}));
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1));
		Mono<String> bad = client.get(server.url("/bad")).doOnNext((body) -> awaitLeftover()).cache();
		bad.subscribe();
		await().until(() -> server.connections().accepted() == 1);
		Mono<List<String>> others = client.begin(server.url("/next"), 5);
		assertThat(client).pending(server, 5);
		asked.open();
		assertThat(bad.block(PATIENCE)).isEqualTo("ok");
		assertThat(others.block(PATIENCE)).hasSize(5).containsOnly("ok");
		assertNextIsServedElsewhere(client, server);
	}

	// The body of the next request is produced in the meantime
	@ParameterizedTest
	@EnumSource
	void whatArrivesBeforeARequestIsWrittenReachesNobody(Security security) {
		RawServer server = security.start(this.network, answering(this::late));
		TestClient client = this.network.client();
		client.fetch(server.url("/bad"));
		Mono<String> body = Mono.fromRunnable(this::awaitLeftover).then(Mono.just("body"));
		String next = client.request("POST", server.url("/next")).body(body).text().block(PATIENCE);
		assertThat(next).isEqualTo("ok");
		assertNextIsServedElsewhere(client, server);
	}

	// The event loop has time to look at the socket
	@ParameterizedTest
	@EnumSource
	void whatArrivesWhileTheBodyOfARequestIsMadeReachesNobody(Security security) {
		RawServer server = security.start(this.network, answering(this::late));
		TestClient client = this.network.client();
		client.fetch(server.url("/bad"));
		Flux<String> body = Flux.defer(() -> {
			awaitLeftover();
			return Flux.just("body");
		}).subscribeOn(Schedulers.boundedElastic());
		String next = client.request("POST", server.url("/next")).body(body.next()).text().block(PATIENCE);
		assertThat(next).isEqualTo("ok");
		assertNextIsServedElsewhere(client, server);
	}

	// What is in it cannot be known yet
	@Test
	void aPartOfATlsRecordReachesNobody() {
		RawServer server = RawServer.tls(this.network, answering((connection) -> {
			connection.write(OK);
			connection.writeUnsecured("\27\3\3\0\100part");
			this.written.countDown();
		}), "http/1.1");
		TestClient client = this.network.client();
		client.fetch(server.url("/bad"));
		await().until(() -> this.written.getCount() == 0);
		assertNextIsServedElsewhere(client, server);
	}

	@ParameterizedTest
	@EnumSource(names = { "HEAD", "NO_CONTENT", "NOT_MODIFIED" })
	void aBodyWhereNoneIsAllowedCostsNoOtherRequest(Response response) {
		RawServer server = RawServer.start(this.network,
				answering((connection) -> connection.write(response.text + "x".repeat(5))));
		TestClient client = this.network.client();
		for (int round = 0; round < 20; round++) {
			assertThat(response.exchange(client, server)).isEqualTo(response.status);
			assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
		}
		assertClosedForProtocolErrors(client, server, 20);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" })
	void whatFollowsAResponseWithAnInterimOneReachesNobody(String interim) {
		RawServer server = RawServer.start(this.network,
				answering((connection) -> connection.write(interim + OK + HALF)));
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/bad"))).isEqualTo("ok");
		assertNextIsServedElsewhere(client, server);
	}

	// An interim response belongs to a request
	@Test
	void anInterimResponseToNothingEndsTheConnection() {
		RawServer server = RawServer.start(this.network,
				answering((connection) -> connection.write(OK + "HTTP/1.1 103 Early Hints\r\n\r\n")));
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/bad"))).isEqualTo("ok");
		assertNextIsServedElsewhere(client, server);
	}

	@ParameterizedTest
	@EnumSource
	void whatFollowsADiscardedBodyReachesNobody(Security security) {
		RawServer server = security.start(this.network, answering((connection) -> {
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbegin");
			connection.waitFor(this.gate);
			connection.write("ended" + HALF);
		}));
		TestClient client = this.network.client((settings) -> settings.discard(1024, PATIENCE));
		assertThat(client.request("GET", server.url("/bad")).parts().take(1).blockLast(PATIENCE)).isNotNull();
		this.gate.open();
		assertNextIsServedElsewhere(client, server);
	}

	// The connection that the request was sent on first is lost
	@Test
	void whatFollowsTheAnswerToAReplayReachesNobody() {
		CountDownLatch lost = new CountDownLatch(1);
		RawServer server = RawServer.start(this.network, answering((connection) -> {
			if (lost.getCount() > 0) {
				lost.countDown();
				connection.close();
			}
			else {
				connection.write(OK + HALF);
			}
		}));
		TestClient client = this.network.client();
		client.fetch(server.url("/next"));
		assertThat(client.fetch(server.url("/bad"))).isEqualTo("ok");
		assertThat(client.host(server).counters().replaysByReason()).containsEntry("connection-lost", 1L);
		assertClosedForProtocolErrors(client, server, 1);
		assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
		assertThat(server).acceptedConnections(3);
	}

	// RFC 9112, section 9.2: it may be discarded, as section 2.2 has it
	@ParameterizedTest
	@EnumSource
	void lineEndsAreIgnored(Security security) {
		RawServer server = security.start(this.network, (connection) -> {
			while (connection.readHead() != null) {
				connection.write(OK + "\r\n");
				connection.write("\n\r\n");
			}
		});
		TestClient client = this.network.client();
		for (int round = 0; round < 10; round++) {
			assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		}
		assertThat(server).acceptedConnections(1);
	}

	// Every record and every read ends somewhere within a response
	@ParameterizedTest
	@EnumSource
	void aResponseThatArrivesByteByByteIsComplete(Security security) {
		String response = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
				+ "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
				+ "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: value\r\n\r\n";
		RawServer server = security.start(this.network, (connection) -> {
			while (connection.readHead() != null) {
				for (char octet : response.toCharArray()) {
					connection.write(String.valueOf(octet));
				}
			}
		});
		TestClient client = this.network.client();
		for (int round = 0; round < 5; round++) {
			assertThat(client.fetch(server.url("/"))).isEqualTo("hello world");
		}
		assertThat(server).acceptedConnections(1);
	}

	// Tickets for later handshakes come when the server likes
	@Test
	void whatTlsSendsForItselfIsNoLeftover() {
		RawServer server = RawServer.tls(this.network, answering((connection) -> connection.write(OK)), "http/1.1");
		TestClient client = this.network.client();
		for (int round = 0; round < 20; round++) {
			assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
		}
		assertThat(server).acceptedConnections(1);
	}

	// Opened beforehand
	@ParameterizedTest
	@EnumSource
	void whatArrivesBeforeTheFirstRequestReachesNobody(Security security) {
		CountDownLatch first = new CountDownLatch(1);
		RawServer server = security.start(this.network, (connection) -> {
			if (first.getCount() > 0) {
				first.countDown();
				connection.handshake();
				connection.waitFor(this.gate);
				connection.write(EVIL);
			}
			while (connection.readHead() != null) {
				connection.write(OK);
			}
		});
		TestClient client = this.network.client((settings) -> settings.minIdleConnections(1));
		client.pooled().prepare(client.httpClient(), server.host()).block(PATIENCE);
		assertThat(client).connections(server, 0, 0, 1);
		this.gate.open();
		assertClosedForProtocolErrors(client, server, 1);
		assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
	}

	// Not HTTP, but mail for example
	@ParameterizedTest
	@EnumSource
	void aServerThatAlwaysSpeaksFirstIsNotTriedForEver(Security security) {
		RawServer server = security.start(this.network, (connection) -> connection.write("220 ready\r\n"));
		TestClient client = this.network.client();
		Failure failure = Failure.of(client.get(server.url("/")));
		assertThat(failure.error()).isInstanceOf(ProtocolErrorException.class);
		assertThat(server.connections().accepted()).isLessThanOrEqualTo(4);
	}

	@Test
	void whatAProxySendsTooMuchReachesNobody() {
		RawServer proxy = RawServer.start(this.network, answering((connection) -> connection.write(OK + HALF)));
		TestClient client = this.network.client((settings) -> settings
			.proxy(new ProxySettings(ProxySettings.Mode.EXPLICIT, proxy.host(), List.of(), null, null)));
		for (int round = 0; round < 3; round++) {
			assertThat(client.fetch("http://no-such-host.invalid/bad")).isEqualTo("ok");
			assertThat(client.fetch("http://no-such-host.invalid/next")).isEqualTo("ok");
		}
		assertThat(proxy).acceptedConnections(4);
	}

	private void late(RawConnection connection) throws IOException {
		connection.write(OK);
		connection.waitFor(this.gate);
		connection.write(EVIL);
		this.written.countDown();
	}

	private void awaitLeftover() {
		this.gate.open();
		await().until(() -> this.written.getCount() == 0);
	}

	/** What is asked for at {@code /bad} is answered by one response and more. */
	private static RawServer.Script answering(RawServer.Script bad) {
		return (connection) -> {
			for (String head = connection.readHead(); head != null; head = connection.readHead()) {
				if (head.contains("/bad ")) {
					bad.run(connection);
				}
				else {
					connection.write(OK);
				}
			}
		};
	}

	private static void assertNextIsServedElsewhere(TestClient client, RawServer server) {
		for (int round = 0; round < 3; round++) {
			assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
		}
		assertThat(server).acceptedConnections(2);
		assertClosedForProtocolErrors(client, server, 1);
	}

	private static void assertClosedForProtocolErrors(TestClient client, RawServer server, long expected) {
		await().untilAsserted(() -> assertThat(client.host(server).counters().closedByReason())
			.containsEntry("protocol-error", expected));
	}

	enum Security {

		NONE, TLS;

		RawServer start(Network network, RawServer.Script script) {
			return (this == TLS) ? RawServer.tls(network, script, "http/1.1") : RawServer.start(network, script);
		}

	}

	enum Response {

		HEAD(200, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),

		NO_CONTENT(204, "HTTP/1.1 204 No Content\r\n\r\n"),

		RESET_CONTENT(205, "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"),

		NOT_MODIFIED(304, "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),

		SIZED(200, OK),

		CHUNKED(200, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");

		private final int status;

		private final String text;

		Response(int status, String text) {
			this.status = status;
			this.text = text;
		}

		int exchange(TestClient client, RawServer server) {
			Integer status = client.request((this == HEAD) ? "HEAD" : "GET", server.url("/bad"))
				.response()
				.map(TestResponse::status)
				.block(PATIENCE);
			return (status != null) ? status : 0;
		}

	}

}
