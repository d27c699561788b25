package dev.connpool.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * A scripted server does what its script says, as a socket sees it.
 */
class ScriptedServerIntegrationTests {

	private static final String OK = "status: 200";

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	// The wires

	@ParameterizedTest
	@EnumSource
	void aClientIsAnsweredWithoutAScript(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = this.network.client(wire.settings());
		assertThat(client.fetch(server.url("/orders?page=1"))).isEqualTo("scripted");
		assertThat(server).acceptedConnections(1)
			.receivedRequest("GET", "/orders", 1)
			.processedRequest("GET", "/orders", 1)
			.openStreams(0);
	}

	// When

	@ParameterizedTest
	@EnumSource
	void aScriptIsForOneRequest(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(2).answers("second");
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.get().read("scripted")).endsWith("scripted" + end(wire));
			assertThat(client.get().read("second")).endsWith("second" + end(wire));
			assertThat(client.get().read()).endsWith("scripted" + end(wire) + PlainClient.SILENCE);
		}
	}

	private static String end(Wire wire) {
		return wire.multiplexed() ? " END\n" : "";
	}

	@ParameterizedTest
	@EnumSource
	void aScriptIsForAPath(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/orders").answers("orders");
		server.onEveryRequest().answers("others");
		TestClient client = this.network.client(wire.settings());
		assertThat(client.fetch(server.url("/orders"))).isEqualTo("orders");
		assertThat(client.fetch(server.url("/"))).isEqualTo("others");
	}

	@ParameterizedTest
	@EnumSource
	void waitsForTheBody(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).waitsForBody().answers();
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.post().read(OK)).endsWith(PlainClient.SILENCE);
			assertThat(server).receivedRequest("POST", "/", 1).processedRequests(0);
			assertThat(client.body().read("scripted")).contains("scripted");
			assertThat(server).processedRequest("POST", "/", 1).openStreams(0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void waitsForAGateAndOpensOne(Wire wire) throws IOException {
		Gate reached = new Gate();
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).opens(reached).waitsFor(this.gate).answers();
		try (PlainClient client = new PlainClient(wire, server)) {
			client.get();
			reached.await();
			assertThat(client.read(OK)).endsWith(PlainClient.SILENCE);
			this.gate.open();
			assertThat(client.read("scripted")).contains("scripted");
		}
	}

	// What is only unusual

	@ParameterizedTest
	@EnumSource
	void answersWithAnotherStatus(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).answers(503, "retry-after", "1");
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.get().read("scripted")).contains("503").containsPattern("retry-after: ?1");
		}
		assertThat(server).receivedRequests(1).processedRequests(0);
	}

	@ParameterizedTest
	@EnumSource
	void answersInUtf8(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).answers("{\"name\": \"Zoë\"}", "content-type", "application/json");
		server.onRequest(2).waitsForBody().sendsHeader().sends("Zo").sends("ë").ends();
		TestClient client = this.network.client(wire.settings());
		assertThat(client.fetch(server.url("/"))).isEqualTo("{\"name\": \"Zoë\"}");
		assertThat(client.fetch(server.url("/"))).isEqualTo("Zoë");
	}

	@ParameterizedTest
	@EnumSource
	void answersWithBytes(Wire wire) {
		byte[] bytes = { 0, 31, -117, -1 };
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).answers(bytes);
		assertThat(this.network.client(wire.settings())
			.httpClient()
			.get()
			.uri(server.url("/"))
			.responseSingle((response, body) -> body.asByteArray())
			.block()).isEqualTo(bytes);
	}

	@ParameterizedTest
	@EnumSource
	void sendsNoBodyWhereNoneIsAllowed(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).answers(204);
		server.onRequest(2).answers(304);
		TestClient client = this.network.client(wire.settings());
		assertThat(client.fetch(server.url("/"))).isEmpty();
		assertThat(client.fetch(server.url("/"))).isEmpty();
		assertThat(client.httpClient()
			.head()
			.uri(server.url("/"))
			.responseSingle((response, body) -> body.asString().defaultIfEmpty(""))
			.block()).isEmpty();
		assertThat(client.fetch(server.url("/"))).isEqualTo("scripted");
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void sendsAnInterimResponse(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).sendsInterim(103).answers();
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.get().read("scripted")).containsSubsequence("103", "200", "scripted");
		}
	}

	@ParameterizedTest
	@EnumSource
	void sendsABodyInParts(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).sendsHeader().sends("one").drips("two", Duration.ofMillis(5)).ends();
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.get().read(wire.multiplexed() ? "END" : "0\r\n\r\n"))
				.containsSubsequence("200", "one", "t", "w", "o")
				.endsWith(wire.multiplexed() ? "1 DATA  END\n" : "0\r\n\r\n");
		}
		assertThat(server).processedRequests(1);
	}

	// How a connection ends

	@ParameterizedTest
	@EnumSource
	void closesBeforeTheResponse(Wire wire) throws IOException {
		assertThat(exchange(wire, Script::closes)).endsWith(PlainClient.FIN).doesNotContain("200");
	}

	@ParameterizedTest
	@EnumSource
	void closesDuringTheHeader(Wire wire) throws IOException {
		String seen = exchange(wire, (script) -> script.sendsHalfAHeader().closes());
		assertThat(seen).endsWith((wire.multiplexed() ? "" : "content-len") + PlainClient.FIN);
		assertThat(seen).doesNotContain("1 HEADERS", "\r\n\r\n");
	}

	@ParameterizedTest
	@EnumSource
	void closesAfterTheHeader(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.sendsHeader().closes())).contains("200")
			.endsWith((wire.multiplexed() ? "]\n" : "\r\n\r\n") + PlainClient.FIN);
	}

	@ParameterizedTest
	@EnumSource
	void closesWithinTheBody(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.sendsHeader().sends("part").closes())).contains("200", "part")
			.doesNotContain("END", "0\r\n\r\n")
			.endsWith(PlainClient.FIN);
	}

	@ParameterizedTest
	@EnumSource
	void closesAfterTheResponse(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.answers().closes())).contains("scripted" + end(wire))
			.endsWith(PlainClient.FIN);
	}

	@ParameterizedTest
	@EnumSource
	void closesAConnectionThatNothingWasAskedOn(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onConnection(1).closes();
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.read()).isEqualTo(PlainClient.FIN);
		}
	}

	@ParameterizedTest
	@EnumSource
	void closesAnIdleConnectionWhenToldTo(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).answers().waitsFor(this.gate).closes();
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.get().read()).endsWith(PlainClient.SILENCE);
			this.gate.open();
			assertThat(client.read()).endsWith(PlainClient.FIN);
		}
	}

	@ParameterizedTest
	@EnumSource
	void resets(Wire wire) throws IOException {
		assertThat(exchange(wire, Script::resets)).endsWith(PlainClient.RST);
	}

	@ParameterizedTest
	@EnumSource
	void stopsReading(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).stopsReading();
		server.onRequest(2).answers("never");
		try (PlainClient client = new PlainClient(wire, server)) {
			client.get();
			assertThat(server).receivedRequests(1);
			assertThat(client.get().read("never")).endsWith(PlainClient.SILENCE);
			assertThat(server).receivedRequests(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void keepsSilent(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).keepsSilent().answers();
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.get().get().read(OK)).endsWith(PlainClient.SILENCE).doesNotContain("200");
			assertThat(server).receivedRequests(2).processedRequests(0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void neverAnswers(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1);
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.get().read(OK)).endsWith(PlainClient.SILENCE);
			assertThat(server).receivedRequests(1).processedRequests(0);
		}
	}

	// What is malformed

	@ParameterizedTest
	@EnumSource
	void lies(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.answersWithContentLength(100))).containsPattern("length: ?100")
			.contains("scripted");
	}

	@ParameterizedTest
	@EnumSource
	void sendsAMalformedStatus(Wire wire) throws IOException {
		assertThat(exchange(wire, Script::sendsMalformedStatus)).contains(wire.multiplexed() ? "1 HEADERS" : "HTTP/1.1")
			.doesNotContain("200");
	}

	@ParameterizedTest
	@EnumSource
	void sendsAStatusThatThereIsNot(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.sendsStatus(1000))).contains("1000", "scripted");
	}

	@ParameterizedTest
	@EnumSource
	void sendsAMalformedHeader(Wire wire) throws IOException {
		assertThat(exchange(wire, Script::sendsMalformedHeader))
			.contains(wire.multiplexed() ? "Upper-Case" : "bad\0name");
	}

	@ParameterizedTest
	@EnumSource
	void sendsAHugeHeader(Wire wire) throws IOException {
		String seen = exchange(wire, (script) -> script.sendsHugeHeader(100_000));
		if (wire.multiplexed()) {
			assertThat(seen).contains("HEADERS unfinished", "1 CONTINUATION 16384");
		}
		else {
			assertThat(seen).contains("x-huge-99").hasSizeGreaterThan(100_000);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void sendsAMalformedChunk(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.sendsHeader().sendsMalformedChunk())).contains("chunked")
			.contains("no size");
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void sendsAnUnknownTransferCoding(Wire wire) throws IOException {
		assertThat(exchange(wire, Script::sendsUnknownTransferCoding)).contains("transfer-encoding: unknown");
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void dripsAHeader(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).dripsHeader(Duration.ofMillis(1));
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.get().read("x-drip: drop")).contains("200").doesNotContain("\r\n\r\n");
		}
	}

	// What only HTTP/2 has

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void endsWithAnInterimResponse(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.endsWithInterim(103))).containsPattern("1 HEADERS.*103.* END\n")
			.doesNotContain("200");
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void sendsTrailersThatDoNotEndTheStream(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.sendsHeader().sendsUnfinishedTrailers())).contains("x-trailer")
			.doesNotContain("END");
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void refusesAStream(Wire wire) throws IOException {
		assertThat(exchange(wire, Script::refusesStream)).contains("1 RST_STREAM REFUSED_STREAM");
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void resetsAStreamWithinTheBody(Wire wire) throws IOException {
		assertThat(
				exchange(wire, (script) -> script.sendsHeader().sends("part").resetsStream(Http2Error.INTERNAL_ERROR)))
			.containsSubsequence("200", "part", "1 RST_STREAM INTERNAL_ERROR");
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void goesAwayGracefully(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.announcesGoAway().goesAway(Http2Error.NO_ERROR).answers()))
			.containsSubsequence("0 GOAWAY after 2147483647 NO_ERROR", "0 GOAWAY after 1 NO_ERROR", "200");
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void goesAwayWithoutTheStream(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.goesAwayBefore(Http2Error.ENHANCE_YOUR_CALM)))
			.contains("0 GOAWAY after 0 ENHANCE_YOUR_CALM");
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void changesTheNumberOfStreams(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onConnection(1).allowsStreams(7);
		server.onRequest(1).allowsStreams(0).waitsFor(this.gate).allowsStreams(5).answers();
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.get().read("3=0")).contains("SETTINGS 3=7").doesNotContain("3=1000");
			this.gate.open();
			assertThat(client.read(OK)).containsSubsequence("SETTINGS 3=7", "SETTINGS 3=0", "SETTINGS 3=5");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void acknowledgesPingUntilTold(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).ignoresPings().answers();
		try (PlainClient client = new PlainClient(wire, server)) {
			assertThat(client.frame(6, 0, 0, "pingping").read("PING")).contains("0 PING acknowledged");
			client.get().read("scripted");
			String seen = client.frame(6, 0, 0, "pingping").read();
			assertThat(seen).endsWith(PlainClient.SILENCE).containsOnlyOnce("PING");
			assertThat(server).receivedPings(2);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void sendsManyContinuations(Wire wire) throws IOException {
		assertThat(exchange(wire, (script) -> script.sendsContinuations(500))).contains("1 HEADERS unfinished")
			.contains("1 CONTINUATION 0\n".repeat(500))
			.doesNotContain("1 CONTINUATION 0\n".repeat(501));
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void pushes(Wire wire) throws IOException {
		assertThat(exchange(wire, Script::pushes)).contains("1 PUSH_PROMISE 2");
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void sendsDataWhereNoneIsAllowed(Wire wire) throws IOException {
		assertThat(exchange(wire, Script::sendsDataOnStreamZero)).contains("0 DATA x");
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void sendsAnOversizedFrame(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).sendsOversizedFrame();
		try (PlainClient client = new PlainClient(wire, server)) {
			client.get().read();
			assertThat(client.unread()).startsWith(0xFF, 0xFF, 0xFF);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void keepsAccountOfFrames(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1);
		try (PlainClient client = new PlainClient(wire, server)) {
			client.post();
			assertThat(server).openStreams(1);
			client.frame(3, 0, 1, "\0\0\0\u0008").frame(7, 0, 0, "\0\0\0\0\0\0\0\1");
			assertThat(server).receivedReset(Http2Error.CANCEL, 1)
				.receivedGoAway(Http2Error.PROTOCOL_ERROR, 1)
				.openStreams(0);
		}
	}

	// What it tells

	@Test
	void aFailedAssertionTellsWhatHappened() throws IOException {
		ScriptedServer server = this.network.scripted(Wire.H1);
		server.onRequest(1).closes();
		try (PlainClient client = new PlainClient(Wire.H1, server)) {
			client.get().read();
		}
		await().until(() -> server.connections().open() == 0);
		assertThatThrownBy(() -> assertThat(server).acceptedConnections(2)).message()
			.containsSubsequence("connection 1 is open", "GET / arrived", "GET / script closes",
					"connection 1 is closed");
	}

	@Test
	void aStepOfTheOtherProtocolIsRefused() {
		ScriptedServer server = this.network.scripted(Wire.H1);
		assertThatIllegalArgumentException().isThrownBy(() -> server.onRequest(1).refusesStream());
	}

	private String exchange(Wire wire, Consumer<Script> script) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		script.accept(server.onRequest(1));
		try (PlainClient client = new PlainClient(wire, server)) {
			return client.get().read();
		}
	}

}
