package dev.connpool.behaviour;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import dev.connpool.error.ConnectionLostException;
import dev.connpool.error.ProtocolErrorException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Where a response ends on the wire is one thing, and how much of it has been decoded is
 * another: a compressed response that has arrived is not read on behalf of its caller
 * (B36 to B38).
 */
@Transport.Each
class CodedLeftoversIntegrationTests {

	/** More than is decoded at a time. */
	private static final String TEXT = "compressible ".repeat(100_000);

	private static final String CODED = gzip(TEXT.getBytes(StandardCharsets.ISO_8859_1));

	private static final String MEMBER = gzip("evil".getBytes(StandardCharsets.ISO_8859_1));

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@RegisterExtension
	final Network network;

	static Stream<String> leftovers() {
		return Stream.of("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n",
				"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(MEMBER.length(), MEMBER),
				"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s".formatted(MEMBER.length(),
						MEMBER),
				"garbage\r\n", "HTTP/1.1 403 Forbidden\r\nX: ");
	}

	CodedLeftoversIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@MethodSource("leftovers")
	void whatFollowsACompressedResponseReachesNobody(String leftover) {
		for (boolean secure : new boolean[] { false, true }) {
			RawServer.Script script = (connection) -> {
				for (String head = connection.readHead(); head != null; head = connection.readHead()) {
					connection.write(head.startsWith("GET /coded") ? coded("gzip", CODED) + leftover : OK);
				}
			};
			RawServer server = secure ? RawServer.tls(this.network, script, "http/1.1")
					: RawServer.start(this.network, script);
			TestClient client = this.network.client();
			assertThat(client.fetch(server.url("/coded"))).isEqualTo(TEXT);
			assertThat(client.fetch(server.url("/next"))).isEqualTo("ok");
			await().untilAsserted(() -> assertThat(client.host(server).counters().closedByReason())
				.containsEntry("protocol-error", 1L));
			assertThat(server).acceptedConnections(2);
		}
	}

	@Test
	void aCompressedBodyThatIsCutShortIsAnError() {
		RawServer server = RawServer.tls(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + CODED);
			connection.cut();
		}, "http/1.1");
		TestClient client = this.network.client();
		assertThat(Failure.of(client.get(server.url("/"))).error()).isInstanceOf(ConnectionLostException.class);
		assertThat(client).holdsNothing();
	}

	// Twice compressed, a few kilobytes of the wire are gigabytes of nothing
	@Test
	void dataInWhichNextToNothingIsEndTheExchange() {
		String empty = gzip(new byte[0]);
		String body = gzip(empty.repeat(200_000).getBytes(StandardCharsets.ISO_8859_1));
		RawServer server = RawServer.start(this.network, (connection) -> {
			while (connection.readHead() != null) {
				connection.write(coded("gzip, gzip", body));
			}
		});
		TestClient client = this.network.client();
		assertThat(Failure.of(client.get(server.url("/"))).error()).isInstanceOf(ProtocolErrorException.class)
			.hasMessageContaining("nearly nothing is in the data");
		assertThat(client).holdsNothing();
	}

	private static String coded(String codings, String body) {
		return "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s".formatted(codings,
				body.length(), body);
	}

	private static String gzip(byte[] content) {
		ByteArrayOutputStream coded = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(coded)) {
			gzip.write(content);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return coded.toString(StandardCharsets.ISO_8859_1);
	}

}
