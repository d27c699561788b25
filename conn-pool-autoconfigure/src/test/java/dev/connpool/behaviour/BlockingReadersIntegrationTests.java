package dev.connpool.behaviour;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import dev.connpool.error.ConnPoolException;
import dev.connpool.error.ConnectionLostException;
import dev.connpool.error.LeakReclaimedException;
import dev.connpool.error.RequestTimeoutException;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.testing.CallingThread;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.handler.timeout.ReadTimeoutException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClientException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A body streams to the thread that reads it, which may read it in any way, late, in part
 * or not at all (B15, B50, B52).
 */
class BlockingReadersIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration MOMENT = Duration.ofMillis(500);

	private static final Duration DEADLINE = Duration.ofSeconds(1);

	private static final int MB = 1 << 20;

	/** What is read ahead of its reader, and what is under way at that time. */
	private static final int AHEAD = 64 * 1024;

	@RegisterExtension
	final Network network = new Network(Transport.BLOCKING);

	private final Gate gate = new Gate();

	// As it is read

	@ParameterizedTest
	@EnumSource
	void partsAreReadAsTheyArrive(Wire wire) throws IOException {
		TestServer server = wire.server()
			.stream("/parts", "text/plain", Flux.just("one").concatWith(this.gate.opened().thenReturn("two")))
			.start(this.network);
		TestClient client = this.network.client(wire.settings());
		try (ClientHttpResponse response = get(client, server.url("/parts"))) {
			InputStream body = response.getBody();
			assertThat(new String(body.readNBytes(3))).isEqualTo("one");
			assertThat(body.available()).isZero();
			this.gate.open();
			assertThat(new String(body.readAllBytes())).isEqualTo("two");
			assertThat(body.read()).isEqualTo(-1);
			assertThat(body.read(new byte[10])).isEqualTo(-1);
			assertThat(body.skip(1)).isZero();
			assertThat(body.readAllBytes()).isEmpty();
		}
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void aBodyMayBeReadInAnyWay(Wire wire) throws IOException {
		byte[] expected = new byte[MB];
		for (int i = 0; i < expected.length; i++) {
			expected[i] = (byte) (i * 31 + (i >> 10));
		}
		TestServer server = wire.server()
			.route("/large",
					(request,
							response) -> response.sendByteArray(Flux.range(0, 64)
								.map((part) -> Arrays.copyOfRange(expected, part * (MB / 64), (part + 1) * (MB / 64)))))
			.start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (Way way : Way.values()) {
			try (ClientHttpResponse response = get(client, server.url("/large"))) {
				assertThat(way.read(response.getBody())).as(way.name()).isEqualTo(expected);
				assertThat(response.getBody().read()).isEqualTo(-1);
			}
		}
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void aReaderSkipsWhatItDoesNotWant(Wire wire) throws IOException {
		TestServer server = wire.server().bytes("/large", MB).start(this.network);
		TestClient client = this.network.client(wire.settings());
		try (ClientHttpResponse response = get(client, server.url("/large"))) {
			InputStream body = response.getBody();
			assertThat(body.skip(MB - 10)).isEqualTo(MB - 10);
			assertThat(body.skip(-1)).isZero();
			assertThat(body.skip(MB)).isEqualTo(10);
			assertThat(body.read()).isEqualTo(-1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void noMoreIsReadThanASlowReaderWants(Wire wire) throws Exception {
		TestServer server = wire.server().bytes("/large", 64 * MB).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).windows(AHEAD, AHEAD).request(Duration.ZERO));
		try (ClientHttpResponse response = get(client, server.url("/large"))) {
			InputStream body = response.getBody();
			long wanted = 0;
			for (int megabytes : new int[] { 0, 1, 3 }) {
				wanted += body.readNBytes(megabytes * MB).length;
				long received = settled(client, server);
				// One read, or one window, and what was read ahead
				assertThat(received - wanted).as("read ahead after %d bytes", wanted).isBetween(0L, 5L * AHEAD);
			}
			assertThat(body.transferTo(OutputStream.nullOutputStream()) + wanted).isEqualTo(64L * MB);
		}
	}

	private static long settled(TestClient client, TestServer server) {
		long before = -1;
		long now = received(client, server);
		while (now != before) {
			await().pollDelay(MOMENT).until(() -> true);
			before = now;
			now = received(client, server);
		}
		return now;
	}

	private static long received(TestClient client, TestServer server) {
		List<ConnectionSnapshot> connections = Objects.requireNonNull(Objects
			.requireNonNull(Objects.requireNonNull(client.pooled().survey().block(PATIENCE)).hosts().get(server.host()))
			.connectionList());
		return connections.stream().mapToLong(ConnectionSnapshot::bytesReceived).sum();
	}

	// Not to the end

	@ParameterizedTest
	@EnumSource
	void aSmallRestIsDiscardedForTheSakeOfTheConnection(Wire wire) throws IOException {
		TestServer server = wire.server().bytes("/large", 128 * 1024).start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int call = 0; call < 3; call++) {
			ClientHttpResponse response = get(client, server.url("/large"));
			assertThat(response.getBody().read()).isZero();
			response.close();
			response.close();
			response.getBody().close();
			assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
		}
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void aLargeRestIsNotRead(Wire wire) throws IOException {
		TestServer server = wire.server().bytes("/large", 64 * MB).start(this.network);
		TestClient client = this.network.client(wire.settings());
		get(client, server.url("/large")).close();
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, wire.multiplexed() ? 1 : 0);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
	}

	@ParameterizedTest
	@EnumSource
	void aClosedResponseIsNotRead(Wire wire) throws IOException {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		ClientHttpResponse response = get(client, server.url("/hello"));
		InputStream body = response.getBody();
		response.close();
		for (IoCall call : List.<IoCall>of(body::read, () -> body.read(new byte[1]), body::readAllBytes,
				() -> body.skip(1), body::available, () -> body.transferTo(OutputStream.nullOutputStream()),
				() -> response.getBody().read())) {
			assertThatExceptionOfType(IOException.class).isThrownBy(call::run).withMessageContaining("closed");
		}
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
	}

	// Neither read nor closed; the network looks for lost buffers
	@ParameterizedTest
	@EnumSource
	void aSmallResponseThatNobodyReadsKeepsNothing(Wire wire) throws IOException {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int call = 0; call < 50; call++) {
			assertThat(get(client, server.url("/hello")).getStatusCode().value()).isEqualTo(200);
		}
		assertThat(client).connections(server, 0, 0, 1);
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void aLargeResponseThatNobodyReadsIsReclaimed(Wire wire) throws IOException {
		TestServer server = wire.server().bytes("/large", 64 * MB).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings()
			.apply(settings)
			.request(Duration.ZERO)
			.leaks(MOMENT, MOMENT.multipliedBy(2)));
		ClientHttpResponse response = get(client, server.url("/large"));
		assertThat(client).connections(server, 0, 0, wire.multiplexed() ? 1 : 0).activeStreams(server, 0);
		assertThatExceptionOfType(LeakReclaimedException.class)
			.isThrownBy(() -> response.getBody().transferTo(OutputStream.nullOutputStream()));
	}

	// Bad servers

	@ParameterizedTest
	@EnumSource
	void aServerThatDripsIsEndedByTheRequestDeadline(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/drip").sendsHeader().drips("drip ", Duration.ofMillis(50));
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).request(DEADLINE));
		ClientHttpResponse response = get(client, server.url("/drip"));
		assertThatExceptionOfType(RequestTimeoutException.class).isThrownBy(() -> response.getBody().readAllBytes())
			.withMessageContaining(TestClient.NAME);
		// It is told again
		assertThatExceptionOfType(RequestTimeoutException.class).isThrownBy(() -> response.getBody().read());
		response.close();
		assertThat(client).activeStreams(server, 0);
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatNeverAnswersIsEndedByADeadline(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/silent").keepsSilent();
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).responseHeader(DEADLINE));
		assertThatExceptionOfType(ResponseHeaderTimeoutException.class)
			.isThrownBy(() -> get(client, server.url("/silent")));
	}

	@ParameterizedTest
	@EnumSource
	void theReadTimeoutIsTheLongestSilence(Wire wire) throws IOException {
		TestServer server = wire.server()
			.stream("/begun", "text/plain", Flux.just("begun").concatWith(Mono.never()))
			.start(this.network);
		TestClient client = this.network.client(wire.settings())
			.derive((httpClient) -> httpClient.responseTimeout(DEADLINE));
		try (ClientHttpResponse response = get(client, server.url("/begun"))) {
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> response.getBody().readAllBytes())
				.withCauseInstanceOf(ReadTimeoutException.class);
		}
		ScriptedServer silent = this.network.scripted(wire);
		silent.onRequest("/silent").keepsSilent();
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> get(client, silent.url("/silent")))
			.withCauseInstanceOf(ReadTimeoutException.class);
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatGoesAwayIsToldToTheReader(Wire wire) {
		for (boolean reset : new boolean[] { false, true }) {
			Gate gate = new Gate();
			ScriptedServer server = this.network.scripted(wire);
			if (reset) {
				server.onRequest("/begun").sendsHeader().sends("begun").waitsFor(gate).resets();
			}
			else {
				server.onRequest("/begun").sendsHeader().sends("begun").waitsFor(gate).closes();
			}
			TestClient client = this.network.client(wire.settings());
			CallingThread thread = CallingThread
				.start(() -> get(client, server.url("/begun")).getBody().readAllBytes());
			thread.waits();
			gate.open();
			assertThat(thread.error()).isInstanceOf(ConnectionLostException.class)
				.hasMessageContaining(TestClient.NAME);
			assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatGoesWrongInABodyIsTheCauseThatRestClientTells(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/begun").sendsHeader().sends("begun").closes();
		TestClient client = this.network.client(wire.settings());
		assertThatExceptionOfType(RestClientException.class)
			.isThrownBy(() -> client.restClient().get().uri(server.url("/begun")).retrieve().body(String.class))
			.withCauseInstanceOf(ConnPoolException.class);
	}

	private static ClientHttpResponse get(TestClient client, String url) throws IOException {
		return client.requestFactory().createRequest(URI.create(url), HttpMethod.GET).execute();
	}

	@FunctionalInterface
	private interface IoCall {

		Object run() throws IOException;

	}

	enum Way {

		ALL {
			@Override
			byte[] read(InputStream body) throws IOException {
				return body.readAllBytes();
			}
		},

		OCTETS {
			@Override
			byte[] read(InputStream body) throws IOException {
				ByteArrayOutputStream all = new ByteArrayOutputStream();
				for (int octet = body.read(); octet >= 0; octet = body.read()) {
					all.write(octet);
				}
				return all.toByteArray();
			}
		},

		PARTS {
			@Override
			byte[] read(InputStream body) throws IOException {
				ByteArrayOutputStream all = new ByteArrayOutputStream();
				byte[] part = new byte[999];
				for (int count = body.read(part, 1, 997); count >= 0; count = body.read(part, 1, 997)) {
					all.write(part, 1, count);
				}
				return all.toByteArray();
			}
		},

		TRANSFER {
			@Override
			byte[] read(InputStream body) throws IOException {
				ByteArrayOutputStream all = new ByteArrayOutputStream();
				body.transferTo(all);
				return all.toByteArray();
			}
		},

		COUNTED {
			@Override
			byte[] read(InputStream body) throws IOException {
				return body.readNBytes(MB);
			}
		};

		abstract byte[] read(InputStream body) throws IOException;

	}

}
