package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import dev.connpool.error.ClientClosedException;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import io.netty.channel.Channel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A caller that waits gets no connection that the exchange before left unfit, and none
 * that is gone by the time its turn comes (B2, B5, N1, N4).
 */
class UnfitConnectionsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	// The next request would be taken for the rest of the body
	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody",
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n" })
	void aConnectionThatIsAnsweredDuringAnUploadIsNotGivenOut(String answer) {
		List<String> heads = new CopyOnWriteArrayList<>();
		RawServer server = answering(heads, "POST", answer);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1));
		Mono<String> upload = client
			.post(server.url("/upload"), Flux.interval(Duration.ofMillis(5)).map((tick) -> "part"))
			.cache();
		upload.subscribe();
		await().until(() -> heads.size() == 1);
		Mono<List<String>> others = client.begin(server.url("/other"), 3);
		assertThat(client).pending(server, 3);
		this.gate.open();
		assertThat(others.block(PATIENCE)).hasSize(3).containsOnly("ok");
		assertThat(upload.block(PATIENCE)).isNotNull();
		assertThat(server).acceptedConnections(2);
		assertThat(client).connections(server, 0, 0, 1);
	}

	@Test
	void aConnectionWhoseResponseIsMalformedIsNotGivenOut() {
		List<String> heads = new CopyOnWriteArrayList<>();
		RawServer server = answering(heads, "GET /bad",
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno size\r\n");
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1));
		Mono<List<String>> bad = client.begin(server.url("/bad"), 1);
		await().until(() -> heads.size() == 1);
		Mono<List<String>> others = client.begin(server.url("/other"), 3);
		assertThat(client).pending(server, 3);
		this.gate.open();
		assertThat(others.block(PATIENCE)).hasSize(3).containsOnly("ok");
		assertThat(Failure.of(bad).error()).isNotNull();
		assertThat(server).acceptedConnections(2);
	}

	private RawServer answering(List<String> heads, String unfit, String answer) {
		return RawServer.start(this.network, (connection) -> {
			for (String head = connection.readHead(); head != null; head = connection.readHead()) {
				heads.add(head);
				if (head.startsWith(unfit)) {
					connection.waitFor(this.gate);
					connection.write(answer);
					connection.awaitClose();
					return;
				}
				connection.write(OK);
			}
		});
	}

	// The connection is lost between the assignment and the exchange
	@Test
	void aCallerWhoseConnectionIsGoneIsRefusedAfterAShutdown() throws InterruptedException {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client();
		AtomicReference<Channel> used = new AtomicReference<>();
		client.httpClient().get().uri(server.url("/hello")).responseConnection((response, connection) -> {
			used.set(connection.channel());
			return connection.inbound().receive().aggregate();
		}).blockLast(PATIENCE);
		assertThat(client).connections(server, 0, 0, 1);
		Channel channel = Objects.requireNonNull(used.get());
		CountDownLatch busy = new CountDownLatch(1);
		channel.eventLoop().execute(() -> {
			await().until(() -> busy.getCount() == 0);
			channel.close();
		});
		Mono<String> call = client.get(server.url("/hello")).cache();
		call.subscribe((body) -> {
		}, (error) -> {
		});
		client.pooled().shutdown();
		busy.countDown();
		Failure failure = Failure.of(call);
		assertThat(failure.error()).isInstanceOf(ClientClosedException.class);
		assertThat(failure.after()).isLessThan(Duration.ofSeconds(2));
		assertThat(server).settlesAt(0).acceptedConnections(1);
	}

	// RFC 9113, section 6.5.3: what the server lowers holds from the next frame on
	@Test
	void aStreamThatIsNoLongerAllowedWaits() throws InterruptedException {
		Gate end = new Gate();
		Gate answer = new Gate();
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(frame(4, 0, 0, ""));
			connection.waitFor(this.gate);
			connection.write(frame(1, 4, 3, "\u0088") + frame(0, 0, 3, "a") + frame(4, 0, 0, "\0\3\0\0\0\1"));
			connection.waitFor(end);
			connection.write(frame(0, 1, 3, "b"));
			connection.waitFor(answer);
			connection.write(frame(1, 4, 5, "\u0088") + frame(0, 1, 5, "c"));
		});
		TestClient client = this.network
			.client((settings) -> settings.protocols(Protocol.H2C).strictMaxConcurrentStreams());
		CountDownLatch reading = new CountDownLatch(1);
		CountDownLatch busy = new CountDownLatch(1);
		Mono<String> first = client.httpClient()
			.get()
			.uri(server.url("/first"))
			.responseContent()
			.asString()
			.doOnNext((part) -> {
				reading.countDown();
				await().until(() -> busy.getCount() == 0);
			})
			.reduce(String::concat)
			.cache();
		first.subscribe();
		assertThat(client).activeStreams(server, 1);
		await().until(() -> client.host(server).streams().limit() > 1);
		this.gate.open();
		reading.await();
		Mono<String> second = client.get(server.url("/second")).cache();
		second.onErrorComplete().subscribe();
		busy.countDown();
		await().during(Duration.ofMillis(100)).until(() -> client.host(server).counters().acquired() == 1);
		end.open();
		assertThat(first.block(PATIENCE)).isEqualTo("ab");
		await().until(() -> client.host(server).counters().acquired() == 2);
		answer.open();
		assertThat(second.block(PATIENCE)).isEqualTo("c");
		assertThat(server).acceptedConnections(1);
		assertThat(client).activeStreams(server, 0);
	}

	private static String frame(int type, int flags, int stream, String payload) {
		return "\0\0" + (char) payload.length() + (char) type + (char) flags + "\0\0\0" + (char) stream + payload;
	}

}
