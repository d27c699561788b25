package dev.connpool.behaviour;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.connpool.error.ConnectionLostException;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A silent HTTP/2 server is asked whether it is still there (B22).
 */
@Transport.Each
class LivenessIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String SETTINGS_FRAME = "\0\0\0\4\0\0\0\0\0";

	private static final int HEADERS = 1;

	private static final int PING = 6;

	@RegisterExtension
	final Network network;

	LivenessIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@Test
	void aFrozenServerIsLeftAlsoWithStreamsOpen() {
		RawServer server = RawServer.start(this.network, (connection) -> connection.write(SETTINGS_FRAME));
		TestClient client = this.network.client(
				(settings) -> settings.protocols(Protocol.H2C).ping(Duration.ofMillis(200), Duration.ofMillis(300)));
		Failure failure = Failure.of(client.get(server.url("/")));
		assertThat(failure.after()).isBetween(Duration.ofMillis(450), Duration.ofSeconds(2));
		assertThat(client).holdsNothing();
		assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("ping-timeout");
	}

	// B45: a frame that never ends, and frames that any server can send
	@ParameterizedTest
	@EnumSource
	void aServerThatOnlyMakesNoiseIsLeft(Noise noise) {
		RawServer cleartext = RawServer.start(this.network, noise::make);
		RawServer tls = RawServer.tls(this.network, noise::make, "h2");
		for (RawServer server : List.of(cleartext, tls)) {
			TestClient client = this.network
				.client((settings) -> settings.protocols((server == tls) ? Protocol.H2 : Protocol.H2C)
					.ping(Duration.ofMillis(500), Duration.ofMillis(500)));
			List<Failure> failures = Failure.ofAll(client.get(server.url("/")), 3);
			assertThat(failures).allSatisfy((failure) -> {
				assertThat(failure.error()).isInstanceOf(ConnectionLostException.class);
				assertThat(failure.message()).contains("the server did not answer a PING");
				assertThat(failure.after()).isBetween(Duration.ofMillis(950), Duration.ofSeconds(4));
			});
			assertThat(client).holdsNothing();
			assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("ping-timeout");
		}
	}

	// B14, B45
	@Test
	void aServerThatDripsPastADeadlineIsNotUsedUntilItAnswers() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(SETTINGS_FRAME);
			connection.readFrame(HEADERS);
			connection.write("\0\0\1\1\5\0\0\0\3\u0088");
			connection.readFrame(HEADERS);
			Noise.DRIP.begin(connection);
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C)
			.responseHeader(Duration.ofMillis(500))
			.ping(Duration.ZERO, Duration.ofMillis(500)));
		client.fetch(server.url("/warm"));
		assertThat(Failure.of(client.get(server.url("/frozen"))).error())
			.isInstanceOf(ResponseHeaderTimeoutException.class);
		assertThat(client.host(server).connections().probing()).isOne();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(client.host(server).counters().closedByReason())
				.isEqualTo(Map.of("ping-timeout", 1L)));
	}

	// B45: on a slow link the answer may be queued behind data
	@Test
	void aServerWhoseDataArrivesIsGivenTimeToAnswer() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(SETTINGS_FRAME);
			connection.readFrame(HEADERS);
			connection.write("\0\0\1\1\4\0\0\0\3\u0088");
			ByteBuffer ping = connection.readFrame(PING);
			for (int part = 0; part < 6; part++) {
				connection.pause(Duration.ofMillis(250));
				connection.write("\0\0\4\0\0\0\0\0\3part");
			}
			connection.write("\0\0\u0008\6\1\0\0\0\0" + StandardCharsets.ISO_8859_1.decode(ping));
			connection.write("\0\0\4\0\1\0\0\0\3last");
		});
		TestClient client = this.network.client(
				(settings) -> settings.protocols(Protocol.H2C).ping(Duration.ofMillis(300), Duration.ofMillis(800)));
		assertThat(client.fetch(server.url("/"))).isEqualTo("part".repeat(6) + "last");
		assertThat(server).acceptedConnections(1);
	}

	// B45: but not for ever
	@Test
	void aServerThatSendsDataAndNeverAnswersIsLeft() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(SETTINGS_FRAME);
			connection.readFrame(HEADERS);
			connection.write("\0\0\1\1\4\0\0\0\3\u0088");
			connection.readFrame(PING);
			connection.repeat("\0\0\4\0\0\0\0\0\3part", Duration.ofMillis(100));
		});
		TestClient client = this.network.client(
				(settings) -> settings.protocols(Protocol.H2C).ping(Duration.ofMillis(300), Duration.ofMillis(400)));
		Failure failure = Failure.of(client.get(server.url("/")));
		assertThat(failure.message()).contains("the server did not answer a PING");
		assertThat(failure.after()).isBetween(Duration.ofMillis(1850), Duration.ofSeconds(5));
	}

	// B12, B45
	@ParameterizedTest
	@ValueSource(strings = { "x", "HTTP/1.1 103 Early Hints\r\n\r\n" })
	void aHeadThatIsNeverCompleteEndsWithItsDeadline(String part) {
		RawServer.Script script = (connection) -> {
			connection.readHead();
			connection.write(part.equals("x") ? "HTTP/1.1 200 OK\r\nX: " : "");
			connection.repeat(part, Duration.ofMillis(50));
		};
		for (RawServer server : List.of(RawServer.start(this.network, script), RawServer.tls(this.network, script))) {
			TestClient client = this.network.client((settings) -> settings.responseHeader(Duration.ofMillis(500)));
			Failure failure = Failure.of(client.get(server.url("/")));
			assertThat(failure.error()).isInstanceOf(ResponseHeaderTimeoutException.class);
			assertThat(failure.after()).isBetween(Duration.ofMillis(450), Duration.ofSeconds(3));
			assertThat(client).holdsNothing();
			assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("response-timeout");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void aServerThatAnswersIsKept(Wire wire) {
		Gate gate = new Gate();
		TestServer server = wire.server().hold("/held", gate).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).ping(Duration.ofMillis(50), Duration.ofSeconds(5)));
		Mono<List<String>> calls = client.begin(server.url("/held"), 1);
		await().atMost(PATIENCE).until(() -> roundTrip(client, server) != null);
		assertThat(roundTrip(client, server)).isBetween(Duration.ofNanos(1), PATIENCE);
		gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		assertThat(server).acceptedConnections(1);
	}

	@Test
	void aServerThatIsHeardIsNotAsked() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		TestClient client = this.network.client((settings) -> settings.ping(Duration.ofSeconds(3), PATIENCE));
		await().during(Duration.ofSeconds(4)).until(() -> !client.fetch(server.url("/")).isEmpty());
		assertThat(server).acceptedConnections(1).receivedPings(0);
	}

	// B14
	@Test
	void aServerThatIsHeardPastADeadlineIsNotAsked() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onRequest(1).waitsFor(new Gate());
		TestClient client = this.network
			.client((settings) -> settings.responseHeader(Duration.ofSeconds(1)).ping(Duration.ZERO, PATIENCE));
		AtomicReference<Throwable> error = new AtomicReference<>();
		client.get(server.url("/slow")).subscribe((answer) -> {
		}, error::set);
		await().until(() -> !client.fetch(server.url("/")).isEmpty() && error.get() != null);
		assertThat(error.get()).isInstanceOf(ResponseHeaderTimeoutException.class);
		assertThat(server).acceptedConnections(1).receivedPings(0);
	}

	// B14
	@Test
	void aServerThatIsSilentPastADeadlineIsNotUsedUntilItAnswers() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onRequest(2).keepsSilent();
		TestClient client = this.network.client((settings) -> settings.responseHeader(Duration.ofMillis(200))
			.ping(Duration.ZERO, Duration.ofMillis(600)));
		client.fetch(server.url("/warm"));
		assertThat(Failure.of(client.get(server.url("/frozen"))).error())
			.isInstanceOf(ResponseHeaderTimeoutException.class);
		assertThat(client.host(server).connections().probing()).isOne();
		assertThat(client.fetch(server.url("/next"))).isNotEmpty();
		assertThat(server).acceptedConnections(2);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(client.host(server).counters().closedByReason())
				.isEqualTo(Map.of("ping-timeout", 1L)));
		assertThat(client).connections(server, 0, 0, 1);
	}

	// B14
	@Test
	void whatWasHeardWhileACallerWaitedDoesNotCount() {
		Gate gate = new Gate();
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onRequest(1).sendsHeader().waitsFor(gate).sends("held").ends();
		server.onRequest(2).keepsSilent();
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1)
			.strictMaxConcurrentStreams()
			.maxConcurrentStreams(1)
			.responseHeader(Duration.ofMillis(300))
			.ping(Duration.ZERO, PATIENCE));
		client.get(server.url("/held")).subscribe();
		await().until(() -> client.host(server).streams().active() == 1 && server.log().arrived() == 1);
		AtomicReference<Throwable> error = new AtomicReference<>();
		client.get(server.url("/frozen")).subscribe((answer) -> {
		}, error::set);
		await().during(Duration.ofMillis(600)).until(() -> client.host(server).pendingAcquires() == 1);
		gate.open();
		await().untilAsserted(() -> assertThat(error.get()).isInstanceOf(ResponseHeaderTimeoutException.class));
		assertThat(client.host(server).connections().probing()).isOne();
	}

	// B14
	@Test
	void aServerThatIsOnlySlowIsUsedAgain() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onRequest(2).waitsFor(new Gate());
		TestClient client = this.network.client((settings) -> settings.responseHeader(Duration.ofMillis(200))
			.ping(Duration.ZERO, Duration.ofSeconds(5)));
		client.fetch(server.url("/warm"));
		assertThat(Failure.of(client.get(server.url("/slow"))).error())
			.isInstanceOf(ResponseHeaderTimeoutException.class);
		assertThat(client).connections(server, 0, 0, 1);
		assertThat(client.fetch(server.url("/next"))).isNotEmpty();
		assertThat(server).acceptedConnections(1).receivedPings(1);
	}

	// B14, B18
	@Test
	void whoeverWaitsWhileAServerIsProbedIsServedWhenItAnswers() {
		Gate answered = new Gate();
		List<Channel> channels = new CopyOnWriteArrayList<>();
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(SETTINGS_FRAME);
			connection.readFrame(HEADERS);
			connection.write("\0\0\1\1\5\0\0\0\3\u0088");
			connection.readFrame(HEADERS);
			ByteBuffer ping = connection.readFrame(PING);
			connection.waitFor(answered);
			connection.write("\0\0\u0008\6\1\0\0\0\0" + StandardCharsets.ISO_8859_1.decode(ping));
			connection.readFrame(HEADERS);
			connection.write("\0\0\1\1\5\0\0\0\7\u0088");
		});
		TestClient client = this.network
			.client((settings) -> settings.protocols(Protocol.H2C)
				.strictMaxConcurrentStreams()
				.maxConnectionsPerHost(1)
				.responseHeader(Duration.ofMillis(300))
				.ping(Duration.ZERO, Duration.ofSeconds(10)))
			.derive((http) -> http.doOnChannelInit((observer, channel, remote) -> channels.add(channel)));
		client.fetch(server.url("/warm"));
		assertThat(Failure.of(client.get(server.url("/slow"))).error())
			.isInstanceOf(ResponseHeaderTimeoutException.class);
		Mono<List<String>> waiting = client.begin(server.url("/next"), 1);
		assertThat(client).pending(server, 1);
		assertThat(client.host(server).connections().probing()).isOne();
		// Whoever waits is looked at now and then by another event loop, which is not
		// what serves it here.
		CountDownLatch served = new CountDownLatch(1);
		holdUpOthersThan(channels.get(0).eventLoop(), served);
		try {
			answered.open();
			assertThat(waiting.block(PATIENCE)).hasSize(1);
		}
		finally {
			served.countDown();
		}
		assertThat(server).acceptedConnections(1);
	}

	private static void holdUpOthersThan(EventLoop eventLoop, CountDownLatch until) {
		List<EventExecutor> others = new ArrayList<>();
		eventLoop.parent().forEach(others::add);
		others.remove(eventLoop);
		assertThat(others).isNotEmpty();
		others.forEach((other) -> other.execute(() -> {
			try {
				until.await(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}));
	}

	// B14, B26
	@Test
	void whoeverWaitsForAFrozenServerIsServedByAnother() {
		ScriptedServer server = this.network.scripted(Wire.H2);
		server.onRequest(2).keepsSilent();
		TestClient client = this.network
			.client((settings) -> settings.ping(Duration.ofMillis(200), Duration.ofMillis(300)));
		client.fetch(server.url("/warm"));
		assertThat(client.fetchTogether(server.url("/frozen"), 5)).hasSize(5);
		assertThat(server).acceptedConnections(2);
		assertThat(client.host(server).counters().replaysByReason()).isEqualTo(Map.of("connection-lost", 5L));
	}

	private static Duration roundTrip(TestClient client, TestServer server) {
		return client.pooled()
			.survey()
			.map((survey) -> survey.hosts().get(server.host()).connectionList())
			.flatMapIterable((connections) -> connections)
			.mapNotNull(ConnectionSnapshot::http2)
			.mapNotNull(ConnectionSnapshot.Http2::pingRtt)
			.blockFirst(PATIENCE);
	}

	/** What a server can send for ever that answers nothing. */
	enum Noise {

		DRIP("\0\1\0\1\4\0\0\0\3", "\u0088"),

		PINGS("", "\0\0\u0008\6\0\0\0\0\0liveness"),

		SETTINGS("", SETTINGS_FRAME),

		WINDOW_UPDATES("", "\0\0\4\u0008\0\0\0\0\0\0\0\0\1"),

		INTERIM("", "\0\0\5\1\4\0\0\0\3\u0008\u0003103"),

		UNKNOWN_FRAMES("", "\0\0\1\u0063\0\0\0\0\0x");

		private final String first;

		private final String then;

		Noise(String first, String then) {
			this.first = first;
			this.then = then;
		}

		void make(RawConnection connection) throws IOException {
			connection.readHead();
			connection.write(SETTINGS_FRAME);
			connection.readFrame(HEADERS);
			begin(connection);
		}

		void begin(RawConnection connection) throws IOException {
			connection.write(this.first);
			connection.repeat(this.then, Duration.ofMillis(100));
		}

	}

}
