package dev.connpool.behaviour;

import java.time.Duration;

import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

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
