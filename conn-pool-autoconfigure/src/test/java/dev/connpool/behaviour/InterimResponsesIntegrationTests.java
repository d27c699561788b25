package dev.connpool.behaviour;

import java.time.Duration;

import dev.connpool.settings.Protocol;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A response that only announces another (RFC 9110, section 15.2) is not taken for it:
 * the caller gets the final one, and so does nobody else.
 */
class InterimResponsesIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	@RegisterExtension
	final Network network = new Network();

	@ParameterizedTest
	@ValueSource(strings = { "100 Continue", "102 Processing", "103 Early Hints" })
	void http11AnswersWithTheFinalResponse(String interim) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			for (int number = 1; connection.readHead() != null; number++) {
				connection.write("HTTP/1.1 " + interim + "\r\nLink: </style.css>\r\n\r\n");
				connection.write("HTTP/1.1 " + interim + "\r\n\r\n");
				Thread.sleep(50);
				connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + number);
			}
		});
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1));
		assertThat(client.get(server.url("/")).block(PATIENCE)).isEqualTo("1");
		assertThat(client.get(server.url("/")).block(PATIENCE)).isEqualTo("2");
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "100", "102", "103" })
	void http2AnswersWithTheFinalResponse(String interim) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(frame(4, 0, 0, ""));
			Thread.sleep(200);
			connection.write(frame(1, 4, 3, "\u0008\3" + interim));
			Thread.sleep(50);
			connection.write(frame(1, 4, 3, "\u0088"));
			Thread.sleep(50);
			connection.write(frame(0, 1, 3, "1"));
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		assertThat(client.get(server.url("/")).block(PATIENCE)).isEqualTo("1");
		assertThat(client).activeStreams(server, 0);
	}

	@ParameterizedTest
	@EnumSource
	void aBodyThatIsContinuedIsSent(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(wire.settings());
		String body = client.httpClient()
			.headers((headers) -> headers.set("Expect", "100-continue"))
			.post()
			.uri(server.url("/echo"))
			.send(ByteBufFlux
				.fromString(Flux.just("a", "b").concatWith(Mono.delay(Duration.ofMillis(50)).thenReturn("c"))))
			.responseSingle((response, content) -> content.asString())
			.block(PATIENCE);
		assertThat(body).isEqualTo("abc");
	}

	private static String frame(int type, int flags, int stream, String payload) {
		return "\0\0" + (char) payload.length() + (char) type + (char) flags + "\0\0\0" + (char) stream + payload;
	}

}
