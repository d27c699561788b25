package dev.connpool.behaviour;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

import dev.connpool.error.ProtocolErrorException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestResponse;
import dev.connpool.testing.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A response on HTTP/1.1 whose head leaves it open what follows is refused by name, and
 * its connection serves nobody else (B40).
 */
@Transport.Each
class ResponseHeadsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@RegisterExtension
	final Network network;

	ResponseHeadsIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
			"HTTP/1.1 101 Switching Protocols\r\n\r\n",
			"HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.0, HTTP/1.1\r\n\r\n" + OK,
			"HTTP/1.1 101 Switching Protocols\r\nContent-Length: 2\r\n\r\nok" })
	void aSwitchThatNobodyAskedFor(String answer) {
		assertRefused(answer, "the server switched protocols, which it was not asked for");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "20", "099", "99", "1000", "20000" })
	void aStatusThatIsNone(String status) {
		assertRefused("HTTP/1.1 %s OK\r\nContent-Length: 2\r\n\r\nok".formatted(status), "the status of the response");
	}

	// RFC 9112, section 4
	@ParameterizedTest
	@ValueSource(strings = { "0200", "+200", " 200", "\t200", "00000200" })
	void aStatusThatIsNotThreeDigits(String status) {
		String answer = "HTTP/1.1 %s OK\r\nContent-Length: 2\r\n\r\nok".formatted(status);
		assertRefused(answer, "the status of the response");
		assertRefused("\r\n" + answer, "the status of the response");
		assertRefused("HTTP/1.1 100 Continue\r\n\r\n" + answer, "the status of the response");
		assertRefused("HTTP/1.1 103 Hints\r\nX: y\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n" + answer,
				"the status of the response");
	}

	@ParameterizedTest
	@ValueSource(strings = { "+200", "200" })
	void aStatusLineThatArrivesInParts(String status) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			for (String part : "HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 %s OK\r\nContent-Length: 2\r\n\r\nok"
				.formatted(status)
				.split("(?<=\\G.{5})")) {
				connection.write(part);
				connection.pause(Duration.ofMillis(5));
			}
		});
		Failure failure = Failure.of(this.network.client().get(server.url("/")));
		if (status.equals("200")) {
			assertThat(failure.error()).isNull();
		}
		else {
			assertProtocolError(failure, "the status of the response is not three digits");
		}
	}

	// The reason may be missing, and so may the space before it
	@ParameterizedTest
	@ValueSource(strings = { "200", "200 ", "200 0200", "200  OK" })
	void aStatusLineMayEndEarly(String line) {
		RawServer server = RawServer.answering(this.network,
				"HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\nok".formatted(line));
		assertThat(this.network.client().fetch(server.url("/"))).isEqualTo("ok");
	}

	@ParameterizedTest
	@ValueSource(strings = { "2OO", "200x", "-1", "2 00x", "99999999999", "0x200", "two" })
	void aStatusThatIsNoNumber(String status) {
		assertRefused("HTTP/1.1 %s OK\r\nContent-Length: 2\r\n\r\nok".formatted(status), "RFC 911");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/2.0", "HTTP/0.9", "HTTP/3.0", "HTTP/9.9" })
	void aVersionThatIsNotSpoken(String version) {
		assertRefused(version + " 200 OK\r\nContent-Length: 2\r\n\r\nok", "the version of the response is " + version);
		assertRefused(version + " 100 Continue\r\n\r\n" + OK, "the version of the response is " + version);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/11", "HTTP/1", "HTTP/1.10", "HTTP/2", "ICY", "HTTPS/1.1", "HTTP/-1.1" })
	void aVersionThatIsNone(String version) {
		assertRefused(version + " 200 OK\r\nContent-Length: 2\r\n\r\nok", "the header of the response is malformed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "foo", "foo\r\nContent-Length: 2", "identity\r\nContent-Length: 2", "gzip, chunked",
			"chunkedx\r\nContent-Length: 2", "chunked, chunked", "chunked\r\nTransfer-Encoding: chunked",
			"chunked;q=1\r\nContent-Length: 2", "\r\nContent-Length: 2" })
	void aTransferEncodingThatIsNotChunkedAlone(String coding) {
		assertRefused("HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\nok".formatted(coding),
				"the Transfer-Encoding of the response is not just 'chunked'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2",
			"1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked",
			"1.1 200 OK\r\nTransfer-Encoding: chunked, gzip", "1.0 200 OK\r\nTransfer-Encoding: chunked",
			"1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive",
			"1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3", "1.1 200 OK\r\nContent-Length: 2, 3",
			"1.1 200 OK\r\nContent-Length: +2", "1.1 200 OK\r\nContent-Length: -2", "1.1 200 OK\r\nContent-Length: two",
			"1.1 200 OK\r\nContent-Length: 99999999999999999999" })
	void aLengthThatIsStatedInTwoWaysOrNone(String head) {
		assertRefused("HTTP/%s\r\n\r\nok".formatted(head), "the header of the response is malformed");
	}

	// RFC 9110, section 15
	@ParameterizedTest
	@ValueSource(ints = { 299, 419, 599, 600, 700, 999 })
	void aStatusThatNobodyKnowsIsDelivered(int status) {
		RawServer server = RawServer.answering(this.network,
				"HTTP/1.1 %d Hm\r\nContent-Length: 2\r\n\r\nok".formatted(status));
		TestClient client = this.network.client();
		WebClient webClient = client.webClient();
		for (int request = 0; request < 3; request++) {
			assertThat(webClient.get()
				.uri(server.url("/"))
				.exchangeToMono((response) -> response.bodyToMono(String.class)
					.map((body) -> response.statusCode().value() + body))
				.block(PATIENCE)).isEqualTo(status + "ok");
		}
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.1", "1.2", "1.9", "1.0 with Connection: keep-alive" })
	void aConnectionIsKeptAlive(String version) {
		assertThat(connectionsFor(version)).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.0", "1.1 with Connection: close", "1.0 with Connection: keep-alive, close" })
	void aConnectionIsNotKeptAlive(String version) {
		assertThat(connectionsFor(version)).isEqualTo(3);
	}

	// Its content may be on its way, whatever the status says
	@Test
	void aConnectionIsNotUsedAfterNoContentThatAnnouncesSome() {
		RawServer server = RawServer.answering(this.network, "HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n");
		TestClient client = this.network.client();
		for (int request = 0; request < 3; request++) {
			assertThat(client.fetch(server.url("/"))).isEmpty();
		}
		assertThat(server).acceptedConnections(3);
	}

	private int connectionsFor(String version) {
		String[] parts = version.split(" with ");
		String field = (parts.length > 1) ? parts[1] + "\r\n" : "";
		RawServer server = RawServer.answering(this.network,
				"HTTP/%s 200 OK\r\n%sContent-Length: 2\r\n\r\nok".formatted(parts[0], field));
		TestClient client = this.network.client();
		for (int request = 0; request < 3; request++) {
			assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		}
		return server.connections().accepted();
	}

	@ParameterizedTest
	@ValueSource(strings = { "other", "foo, other", "" })
	void aSwitchToSomethingElse(String protocol) {
		RawServer server = answeringFirst(
				"HTTP/1.1 101 Switching Protocols\r\nUpgrade: %s\r\nConnection: Upgrade\r\n\r\n".formatted(protocol));
		TestClient client = this.network.client();
		assertProtocolError(Failure.of(upgrading(client, server)),
				"the server switched to another protocol than it was asked for");
		assertServesOthers(client, server);
	}

	@ParameterizedTest
	@ValueSource(strings = { "foo", "FOO", "bar/2" })
	void aSwitchThatWasAskedForLeavesNoConnection(String protocol) {
		RawServer server = answeringFirst(
				"HTTP/1.1 101 Switching Protocols\r\nUpgrade: %s\r\nConnection: Upgrade\r\n\r\n".formatted(protocol));
		TestClient client = this.network.client();
		assertThat(upgrading(client, server).block(PATIENCE)).isEqualTo(101);
		assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
		assertThat(server).acceptedConnections(2);
	}

	private static Mono<Integer> upgrading(TestClient client, RawServer server) {
		return client.request("GET", server.url("/first"))
			.header("Upgrade", "foo, bar/2")
			.header("Connection", "Upgrade")
			.status();
	}

	@Test
	void aWebSocketThatIsSomethingElse() {
		this.network.isFor(Transport.REACTOR_NETTY);
		RawServer server = answeringFirst("HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\n\r\n");
		TestClient client = this.network.client();
		Mono<?> frames = client.httpClient()
			.websocket()
			.uri(server.url("/first").replaceFirst("^http", "ws"))
			.receive()
			.then();
		assertProtocolError(Failure.of(frames), "the server switched to another protocol than it was asked for");
		assertServesOthers(client, server);
	}

	// RFC 9110, section 9.3.6: what the header says of a body is to be ignored
	@ParameterizedTest
	@ValueSource(strings = { "200 OK", "200 OK\r\nContent-Length: 5", "200 OK\r\nTransfer-Encoding: chunked",
			"201 Created", "202 Accepted\r\nContent-Length: 5", "204 No Content", "206 Partial\r\nContent-Length: 9",
			"299 Eh\r\nTransfer-Encoding: foo" })
	void aTunnelServesNobodyElse(String answer) {
		RawServer server = answeringFirst("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 " + answer + "\r\n\r\nhello" + OK);
		TestClient client = this.network.client();
		TestResponse response = client.request("CONNECT", server.url("/first"))
			.response()
			.blockOptional(PATIENCE)
			.orElseThrow();
		assertThat(response.status()).isEqualTo(Integer.parseInt(answer.substring(0, 3)));
		assertThat(response.text()).isEmpty();
		assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
		assertThat(server).acceptedConnections(2).settlesAt(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "302 Found\r\nContent-Length: 5", "403 No\r\nContent-Length: 5",
			"407 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0" })
	void aRefusedTunnelIsAResponseLikeAnyOther(String answer) {
		boolean chunked = answer.contains("chunked");
		RawServer server = answeringFirst("HTTP/1.1 " + answer + "\r\n\r\n" + (chunked ? "" : "hello"));
		TestClient client = this.network.client();
		assertThat(client.request("CONNECT", server.url("/first")).text().block(PATIENCE)).isEqualTo("hello");
		assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
		assertThat(server).acceptedConnections(1);
	}

	@Test
	void itHoldsOverTls() {
		RawServer server = RawServer.tls(this.network,
				(connection) -> answer(connection, "HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), "http/1.1");
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1));
		assertProtocolError(Failure.of(client.get(server.url("/first"))), "the version of the response is HTTP/2.0");
		assertServesOthers(client, server);
	}

	private void assertRefused(String answer, String rule) {
		RawServer server = answeringFirst(answer);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1));
		assertProtocolError(Failure.of(client.get(server.url("/first"))), rule);
		assertServesOthers(client, server);
	}

	private static void assertProtocolError(Failure failure, String rule) {
		assertThat(failure.error()).isInstanceOf(ProtocolErrorException.class);
		assertThat(failure.message()).startsWith("Client 'under-test', host http").contains(rule);
		assertThat(failure.after()).isLessThan(PATIENCE);
	}

	private static void assertServesOthers(TestClient client, RawServer server) {
		assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
		assertThat(server).acceptedConnections(2).settlesAt(1);
		await().untilAsserted(() -> assertThat(client.host(server).counters().closedByReason())
			.isEqualTo(Map.of("protocol-error", 1L)));
	}

	private RawServer answeringFirst(String answer) {
		return RawServer.start(this.network, (connection) -> answer(connection, answer));
	}

	private static void answer(RawConnection connection, String first) throws IOException {
		for (String head = connection.readHead(); head != null; head = connection.readHead()) {
			connection.write(head.contains("/next") ? OK : first);
		}
	}

}
