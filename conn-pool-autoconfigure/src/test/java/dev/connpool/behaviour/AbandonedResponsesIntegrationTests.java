package dev.connpool.behaviour;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What happens to a connection whose response nobody reads any more (B15).
 */
@Transport.Each
class AbandonedResponsesIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final int KB = 1024;

	/** The least that the protocol allows. */
	private static final int WINDOW = 65_535;

	private static final String HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

	@RegisterExtension
	final Network network;

	private final Gate gate = new Gate();

	AbandonedResponsesIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void theRestIsDiscardedAndTheConnectionUsedAgain(Wire wire) {
		TestServer server = wire.server()
			.text("/sized", "x".repeat(200 * KB))
			.stream("/chunked", "text/plain", Flux.just("x".repeat(KB)).repeat(100))
			.start(this.network);
		TestClient client = this.network.client((settings) -> settings.discard(256 * KB, LONG));
		for (int round = 0; round < 5; round++) {
			assertThat(abandon(client, server.url("/sized"))).isEqualTo(200);
			assertThat(client).connections(server, 0, 0, 1);
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
			assertThat(abandon(client, server.url("/chunked"))).isEqualTo(200);
			assertThat(client).connections(server, 0, 0, 1);
		}
		assertThat(server).acceptedConnections(1);
	}

	@Test
	void aConnectionIsInUseUntilTheRestHasArrived() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbegin");
			connection.waitFor(this.gate);
			connection.write("ended");
			connection.readHead();
			connection.write(HELLO);
		});
		TestClient client = this.network.client((settings) -> settings.discard(KB, LONG).maxConnectionsPerHost(1));
		abandonAfterFirstPart(client, server);
		assertThat(client).connections(server, 0, 1, 0);
		assertThat(client.pooled().survey().block(PATIENCE)).isNotNull()
			.extracting((clientSnapshot) -> clientSnapshot.hosts().get(server.host()).connectionList())
			.satisfies((connections) -> assertThat(connections).singleElement()
				.extracting(ConnectionSnapshot::state)
				.isEqualTo(ConnectionSnapshot.State.ACTIVE));
		Mono<String> waiting = client.get(server.url("/")).cache();
		waiting.subscribe();
		assertThat(client).pending(server, 1);
		this.gate.open();
		assertThat(waiting.block(PATIENCE)).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
		assertThat(client).connections(server, 0, 0, 1);
	}

	@Test
	void moreThanTheLimitByItsContentLengthIsNotWaitedFor() {
		RawServer server = sending("Content-Length: 1030\r\n\r\nbegin");
		TestClient client = this.network.client((settings) -> settings.discard(KB, LONG));
		abandonAfterFirstPart(client, server);
		assertCancelled(client, server);
	}

	@Test
	void asMuchAsTheLimitByItsContentLengthIsWaitedFor() {
		RawServer server = sending("Content-Length: 1029\r\n\r\nbegin");
		TestClient client = this.network.client((settings) -> settings.discard(KB, LONG));
		abandonAfterFirstPart(client, server);
		await().during(Duration.ofMillis(200)).until(() -> server.connections().open() == 1);
		assertThat(client).connections(server, 0, 1, 0);
	}

	@Test
	void moreThanTheLimitInChunksEndsTheConnection() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n");
			connection.waitFor(this.gate);
			for (int part = 0; part < 1024; part++) {
				connection.write("200\r\n" + "x".repeat(512) + "\r\n");
			}
			connection.write("0\r\n\r\n");
		});
		TestClient client = this.network.client((settings) -> settings.discard(16 * KB, LONG));
		abandonAfterFirstPart(client, server);
		this.gate.open();
		assertCancelled(client, server);
	}

	@Test
	void whatDoesNotArriveInTimeEndsTheConnection() {
		RawServer server = sending("Content-Length: 10\r\n\r\nbegin");
		TestClient client = this.network.client((settings) -> settings.discard(KB, Duration.ofMillis(400)));
		abandonAfterFirstPart(client, server);
		long start = System.nanoTime();
		assertCancelled(client, server);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(300),
				Duration.ofMillis(1100));
	}

	@Test
	void nothingIsDiscardedIfTurnedOff() {
		RawServer server = sending("Transfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n");
		TestClient client = this.network.client((settings) -> settings.discard(0, LONG));
		abandonAfterFirstPart(client, server);
		assertCancelled(client, server);
	}

	// Nothing is left of it, whatever its Content-Length
	@Test
	void aResponseToHeadEndsWithItsHeader() {
		RawServer server = RawServer.answering(this.network, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
		TestClient client = this.network.client();
		for (int round = 0; round < 3; round++) {
			assertThat(client.request("HEAD", server.url("/")).status().block(PATIENCE)).isEqualTo(200);
			assertThat(client).connections(server, 0, 0, 1);
		}
		assertThat(server).acceptedConnections(1);
	}

	@Test
	void aRestThatCannotBeParsedEndsTheConnection() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n");
			connection.waitFor(this.gate);
			connection.write("nonsense\r\n\r\n");
		});
		TestClient client = this.network.client((settings) -> settings.discard(KB, LONG));
		abandonAfterFirstPart(client, server);
		this.gate.open();
		assertCancelled(client, server);
	}

	// The server waits for the rest of the request, not for another one
	@Test
	void aConnectionWhoseRequestIsIncompleteIsClosed() {
		RawServer server = sending("Content-Length: 10\r\n\r\nbegin");
		TestClient client = this.network.client((settings) -> settings.discard(KB, LONG));
		client.request("POST", server.url("/"))
			.body(Flux.just("part").concatWith(Mono.never()))
			.parts()
			.take(1)
			.blockLast(PATIENCE);
		assertCancelled(client, server);
	}

	@Test
	void aConnectionThatTheServerWantsClosedIsClosed() {
		RawServer server = sending("Connection: close\r\nContent-Length: 10\r\n\r\nbegin");
		TestClient client = this.network.client((settings) -> settings.discard(KB, LONG));
		abandonAfterFirstPart(client, server);
		assertCancelled(client, server);
	}

	@Test
	void theRestOfACompressedResponseIsDiscarded() throws IOException {
		String body = gzip(64 * KB);
		int half = body.length() / 2;
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + body.length()
					+ "\r\n\r\n" + body.substring(0, half));
			connection.waitFor(this.gate);
			connection.write(body.substring(half));
			connection.readHead();
			connection.write(HELLO);
		});
		TestClient client = this.network.client((settings) -> settings.discard(64 * KB, LONG));
		abandonAfterFirstPart(client, server);
		this.gate.open();
		assertThat(client).connections(server, 0, 0, 1);
		assertThat(client.fetch(server.url("/"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
	}

	// Whoever disposes of the connection means it
	@Test
	void aConnectionThatTheCallerClosesIsClosed() {
		this.network.isFor(Transport.REACTOR_NETTY);
		RawServer server = sending("Content-Length: 10\r\n\r\nbegin");
		TestClient client = this.network.client((settings) -> settings.discard(KB, LONG));
		client.httpClient()
			.get()
			.uri(server.url("/"))
			.responseConnection((response, connection) -> Mono.fromRunnable(connection::dispose))
			.blockLast(PATIENCE);
		assertCancelled(client, server);
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void http2ResetsTheStream(Wire wire) {
		TestServer server = wire.server()
			.stream("/endless", "text/plain", Flux.just("x".repeat(64 * KB)).repeat())
			.start(this.network);
		TestClient client = this.network.client(wire.settings());
		client.fetch(server.url("/hello"));
		for (int round = 0; round < 10; round++) {
			abandonAfterFirstPart(client, server, "/endless");
		}
		await().until(() -> server.cancelled("/endless") == 10);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
		assertThat(server).acceptedConnections(1);
	}

	// What the server had sent before it knew counts against the window of all streams
	@Test
	void http2LosesNoWindowToWhatArrivesLater() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(frame(4, 0, 0, ""));
			connection.write(frame(1, 4, 3, "\u0088") + frame(0, 0, 3, "begin"));
			connection.waitFor(this.gate);
			connection.write(frame(0, 0, 3, "x".repeat(16 * KB)).repeat(3));
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C).windows(WINDOW, WINDOW));
		abandonAfterFirstPart(client, server);
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
		long before = http2(client, server).bytesReceived();
		this.gate.open();
		await().until(() -> http2(client, server).bytesReceived() > before + 48 * KB);
		assertThat(http2(client, server).http2()).isNotNull()
			.extracting(ConnectionSnapshot.Http2::receiveWindow)
			.satisfies((window) -> assertThat(window).isGreaterThan(WINDOW / 2));
		assertThat(server).openConnections(1);
	}

	private RawServer sending(String rest) {
		return RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\n" + rest);
		});
	}

	private static Integer abandon(TestClient client, String url) {
		return client.request("GET", url).status().block(PATIENCE);
	}

	private static void abandonAfterFirstPart(TestClient client, RawServer server) {
		abandonAfterFirstPart(client, server, "/");
	}

	private static void abandonAfterFirstPart(TestClient client, ObservedServer server, String path) {
		assertThat(client.request("GET", server.url(path)).parts().take(1).blockLast(PATIENCE)).isNotNull();
	}

	private static void assertCancelled(TestClient client, RawServer server) {
		assertThat(server).settlesAt(0).acceptedConnections(1);
		assertThat(client).holdsNothing();
		assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("cancelled");
	}

	private static ConnectionSnapshot http2(TestClient client, RawServer server) {
		var snapshot = client.pooled().survey().block(PATIENCE);
		assertThat(snapshot).isNotNull();
		return snapshot.hosts().get(server.host()).connectionList().get(0);
	}

	private static String frame(int type, int flags, int stream, String payload) {
		return "\0" + (char) (payload.length() >> 8) + (char) (payload.length() & 0xFF) + (char) type + (char) flags
				+ "\0\0\0" + (char) stream + payload;
	}

	private static String gzip(int size) throws IOException {
		byte[] noise = new byte[size];
		new Random(0).nextBytes(noise);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
			gzip.write(noise, 0, size / 2);
		}
		return bytes.toString(StandardCharsets.ISO_8859_1);
	}

}
