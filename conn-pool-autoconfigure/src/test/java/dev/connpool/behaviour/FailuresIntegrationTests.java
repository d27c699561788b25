package dev.connpool.behaviour;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLException;

import dev.connpool.client.TlsMaterial;
import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.ConnectionFailedException.Phase;
import dev.connpool.testing.Failure;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection that cannot be opened is reported clearly, once, to all who waited, and
 * leaves nothing behind (N1, N4).
 */
class FailuresIntegrationTests {

	private static final int CALLERS = 20;

	private static final Duration SOON = Duration.ofSeconds(2);

	@RegisterExtension
	final Network network = new Network();

	@ParameterizedTest
	@EnumSource
	void aRefusedConnectionIsReported(Wire wire) {
		String host = "%s://%s:%d".formatted(wire.server().start(this.network).scheme(), ObservedServer.HOST,
				LoopbackPort.free());
		TestClient client = this.network.client(wire.settings());
		List<Failure> failures = Failure.ofAll(client.get(host + "/"), CALLERS);
		assertFailed(failures, Phase.CONNECT, ConnectException.class, SOON);
		assertThat(failures.get(0).message()).contains(TestClient.NAME, host);
		assertThat(client).holdsNothing();
	}

	@ParameterizedTest
	@ValueSource(strings = { "http", "https" })
	void anUnknownNameIsReported(String scheme) {
		TestClient client = this.network.client((settings) -> settings.connect(SOON));
		String host = scheme + "://does-not-exist.invalid:81";
		List<Failure> failures = Failure.ofAll(client.get(host + "/"), CALLERS);
		assertThat(failures).hasSize(CALLERS).allSatisfy((failure) -> {
			assertThat(failure.error()).isInstanceOfSatisfying(ConnectionFailedException.class,
					(error) -> assertThat(error.phase()).isEqualTo(Phase.DNS));
			assertThat(failure.after()).isLessThan(SOON.plusSeconds(1));
			assertThat(failure.message()).contains(host);
		});
		assertThat(client).holdsNothing();
	}

	@Test
	void anUnknownNameIsTheCause() {
		TestClient client = this.network.client();
		Failure failure = Failure.of(client.get("http://does-not-exist.invalid:81/"));
		assertThat(failure.error()).hasCauseInstanceOf(UnknownHostException.class);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void anUntrustedCertificateIsReported(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(TlsMaterial.DEFAULT, (settings) -> settings);
		List<Failure> failures = Failure.ofAll(client.get(server.url("/hello")), CALLERS);
		assertFailed(failures, Phase.TLS, SSLException.class, SOON);
		assertThat(server.arrivals()).isEmpty();
		assertNothingIsLeft(server, client);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void aCertificateForAnotherHostIsReported(Wire wire) {
		TestServer server = wire.server().certificate(TestCertificate.ELSEWHERE).start(this.network);
		TestClient client = this.network.client(TestCertificate.ELSEWHERE.trusted(), (settings) -> settings);
		List<Failure> failures = Failure.ofAll(client.get(server.url("/hello")), CALLERS);
		assertFailed(failures, Phase.TLS, SSLException.class, SOON);
		assertThat(server.arrivals()).isEmpty();
		assertNothingIsLeft(server, client);
	}

	@Test
	void aConnectionClosedDuringTheHandshakeIsReported() {
		RawServer server = RawServer.closing(this.network, "https");
		TestClient client = this.network.client();
		List<Failure> failures = Failure.ofAll(client.get(server.url("/")), CALLERS);
		assertFailed(failures, Phase.TLS, IOException.class, SOON);
		assertNothingIsLeft(server, client);
	}

	@Test
	void aServerThatSpeaksNoTlsIsReported() {
		RawServer server = RawServer.start(this.network, (connection) -> connection.write("HTTP/1.1 400 Bad\r\n\r\n"));
		TestClient client = this.network.client();
		Failure failure = Failure.of(client.get("https://%s:%d/".formatted(ObservedServer.HOST, server.port())));
		assertFailed(List.of(failure), Phase.TLS, SSLException.class, SOON);
		assertNothingIsLeft(server, client);
	}

	@Test
	void aFailedHostDoesNotStayFailed() {
		RawServer server = RawServer.closing(this.network, "https");
		TestClient client = this.network.client();
		assertThat(Failure.ofAll(client.get(server.url("/")), CALLERS)).hasSize(CALLERS);
		int before = server.connections().accepted();
		assertThat(Failure.of(client.get(server.url("/"))).error()).isInstanceOf(ConnectionFailedException.class);
		assertThat(server.connections().accepted()).isGreaterThan(before);
		assertNothingIsLeft(server, client);
	}

	// N4: the first use of a connection is never replayed
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aRequestWhoseConnectionDiesIsNotSentTwice(boolean reset) {
		AtomicInteger requests = new AtomicInteger();
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			requests.incrementAndGet();
			if (reset) {
				connection.reset();
			}
			connection.close();
		});
		TestClient client = this.network.client();
		Failure failure = Failure.of(client.post(server.url("/"), Flux.just("body")));
		assertThat(failure.error()).isInstanceOf(IOException.class);
		assertThat(requests).hasValue(1);
		assertNothingIsLeft(server, client);
	}

	@Test
	void aBodyThatEndsEarlyIsReported() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
			connection.close();
		});
		TestClient client = this.network.client();
		assertThat(Failure.of(client.get(server.url("/"))).error()).isInstanceOf(IOException.class);
		assertNothingIsLeft(server, client);
	}

	// It is the server that gave up, not a server that made a mistake
	@Test
	void aResetConnectionIsNoProtocolError() {
		ScriptedServer server = this.network.scripted(Wire.H2C);
		server.onRequest(1).resets();
		TestClient client = this.network.client(Wire.H2C.settings());
		assertThat(Failure.of(client.get(server.url("/"))).error()).isInstanceOf(IOException.class);
		assertNothingIsLeft(server, client);
		assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("peer-reset");
	}

	@ParameterizedTest
	@CsvSource({ "H1, 0, 65536, max-response-header-size", "H2, 0, 65536, max-response-header-size",
			"H2, 4096, 4096, http2.max-header-list-size" })
	void aHeaderThatIsTooLargeNamesTheLimitThatHolds(Wire wire, int headerListSize, int limit, String property) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).answers(200, "large", "x".repeat(limit));
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).maxHeaderListSize(headerListSize));
		assertThat(Failure.of(client.get(server.url("/"))).message())
			.contains("the response header is larger than %d bytes".formatted(limit), TestClient.property(property));
	}

	private static void assertFailed(List<Failure> failures, Phase phase, Class<? extends Throwable> cause,
			Duration within) {
		assertThat(failures).isNotEmpty().allSatisfy((failure) -> {
			assertThat(failure.error()).isInstanceOfSatisfying(ConnectionFailedException.class,
					(error) -> assertThat(error.phase()).isEqualTo(phase));
			assertThat(failure.error()).hasCauseInstanceOf(cause);
			assertThat(failure.after()).isLessThan(within);
		});
	}

	private static void assertNothingIsLeft(ObservedServer server, TestClient client) {
		assertThat(server).settlesAt(0);
		assertThat(client).holdsNothing();
	}

}
