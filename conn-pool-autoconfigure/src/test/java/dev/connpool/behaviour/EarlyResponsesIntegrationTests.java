package dev.connpool.behaviour;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import dev.connpool.settings.Protocol;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawFrame;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A final response that arrives while the body of the request is being sent is delivered
 * (B34; RFC 9112, section 9.5, RFC 9113, section 8.1).
 */
@Transport.Each
class EarlyResponsesIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String REFUSAL = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n"
			+ "Content-Length: 7\r\n\r\ntoo big";

	private static final int PART = 64 * 1024;

	private static final int PARTS = 160;

	@RegisterExtension
	final Network network;

	EarlyResponsesIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	// Closing with unread data resets the connection: the rest of the body cannot be sent
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aResponseOnAConnectionThatIsClosedDuringTheUploadArrives(boolean streaming) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(REFUSAL);
			connection.close();
		});
		upload(server, streaming);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aResponseOverTlsArrivesToo(boolean streaming) {
		RawServer server = RawServer.tls(this.network, (connection) -> {
			connection.readHead();
			connection.write(REFUSAL);
			connection.close();
		}, "http/1.1");
		upload(server, streaming);
	}

	@ParameterizedTest
	@EnumSource
	void theConnectionOutlivesItWhereItCan(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").answers(413);
		TestClient client = this.network.client(wire.settings());
		assertThat(status(client, server, parts())).startsWith("413");
		assertThat(client.fetch(server.url("/next"))).isNotEmpty();
		assertThat(server).acceptedAtMost(wire.multiplexed() ? 1 : 2);
	}

	// As a server should that wants no more of the request (RFC 9113, section 8.1)
	@Test
	void aResponseAfterWhichTheStreamIsResetIsReadToItsEnd() {
		RawServer server = RawServer.start(this.network, EarlyResponsesIntegrationTests::refuse);
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		Sinks.Many<ByteBuf> body = Sinks.many().unicast().onBackpressureBuffer();
		Gate answered = new Gate();
		Gate reading = new Gate();
		body.tryEmitNext(Unpooled.wrappedBuffer(new byte[PART])).orThrow();
		CompletableFuture<String> read = client.request("POST", server.url("/upload"))
			.send(body.asFlux())
			.whenAnswered(answered::open)
			.exchange((head, parts) -> reading.opened().thenMany(parts))
			.map((part) -> new String(part, StandardCharsets.UTF_8))
			.collect(Collectors.joining())
			.toFuture();
		answered.await();
		// What the server has sent before has arrived by then.
		assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
		body.tryEmitNext(Unpooled.wrappedBuffer(new byte[PART]));
		assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
		reading.open();
		assertThat(read).succeedsWithin(PATIENCE).isEqualTo("too big");
		assertThat(client).activeStreams(server, 0);
	}

	private static void refuse(RawConnection connection) throws Exception {
		connection.acceptHttp2("");
		boolean refused = false;
		while (true) {
			RawFrame frame = connection.readFrame();
			if (frame.type() == RawFrame.HEADERS && frame.has(RawFrame.END_STREAM)) {
				connection.write(RawFrame.headers(frame.stream(), 0, ":status", "200")
						+ RawFrame.data(frame.stream(), RawFrame.END_STREAM, "ok"));
			}
			else if (frame.type() == RawFrame.DATA && !refused) {
				refused = true;
				connection.write(RawFrame.headers(frame.stream(), 0, ":status", "413")
						+ RawFrame.data(frame.stream(), RawFrame.END_STREAM, "too big")
						+ RawFrame.of(RawFrame.RST_STREAM, 0, frame.stream(), RawFrame.number(0)));
			}
		}
	}

	private void upload(ObservedServer server, boolean streaming) {
		TestClient client = this.network.client();
		Publisher<ByteBuf> body = streaming ? parts()
				: Mono.fromSupplier(() -> Unpooled.wrappedBuffer(new byte[PARTS * PART]));
		assertThat(status(client, server, body)).isEqualTo("413 too big");
		assertThat(client).connections(server, 0, 0, 0);
	}

	private static Flux<ByteBuf> parts() {
		return Flux.range(0, PARTS).map((number) -> Unpooled.wrappedBuffer(new byte[PART]));
	}

	private static String status(TestClient client, ObservedServer server, Publisher<ByteBuf> body) {
		return String.valueOf(client.request("POST", server.url("/upload"))
			.send(body)
			.response()
			.map((response) -> response.status() + " " + response.text())
			.block(PATIENCE));
	}

}
