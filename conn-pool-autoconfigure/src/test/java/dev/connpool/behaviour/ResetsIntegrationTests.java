package dev.connpool.behaviour;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawFrame;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a server sees of streams that the client resets is bounded (B48).
 */
@Transport.Each
class ResetsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int CALLS = 400;

	private static final int LIMIT = 150;

	@RegisterExtension
	final Network network;

	/** What each connection has received of resets. */
	private final Collection<AtomicInteger> resets = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean answering = new AtomicBoolean();

	private final RawServer server;

	ResetsIntegrationTests(Transport transport) {
		this.network = new Network(transport);
		this.server = RawServer.start(this.network, this::serve);
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 100, CALLS })
	void aStormOfCancellationsIsPaced(int together) {
		TestClient client = client((settings) -> settings);
		assertThatItServes(client);
		this.answering.set(false);
		cancel(client, together);
		assertThat(client).activeStreams(this.server, 0);
		assertThat(this.resets).allSatisfy((count) -> assertThat(count.get()).isLessThanOrEqualTo(LIMIT));
		assertThatItServes(client);
		assertThat(this.resets.size()).isBetween(2, CALLS / 50);
	}

	@Test
	void aStormOfDeadlinesIsPaced() {
		TestClient client = client((settings) -> settings.responseHeader(Duration.ofMillis(200)));
		List<Failure> failures = Failure.ofAll(client.get(this.server.url("/")), CALLS);
		assertThat(failures).hasSize(CALLS)
			.allSatisfy((failure) -> assertThat(failure.error()).isInstanceOf(ResponseHeaderTimeoutException.class));
		assertThat(client).activeStreams(this.server, 0);
		assertThat(this.resets).allSatisfy((count) -> assertThat(count.get()).isLessThanOrEqualTo(LIMIT));
		assertThatItServes(client);
	}

	@Test
	void requestsStayInStrictMode() {
		assertThatRequestsStay(client((settings) -> settings.strictMaxConcurrentStreams()));
	}

	@Test
	void requestsStayAtTheLimitOfConnections() {
		assertThatRequestsStay(client((settings) -> settings.maxConnectionsPerHost(1)));
	}

	private void assertThatRequestsStay(TestClient client) {
		cancel(client, 10);
		await().untilAsserted(
				() -> assertThat(this.resets).singleElement().satisfies((count) -> assertThat(count).hasValue(CALLS)));
		assertThat(client.host(this.server).counters().resetsSent()).isEqualTo(CALLS);
		assertThatItServes(client);
		assertThat(this.server).acceptedConnections(1);
	}

	@Test
	void someCancellationsChangeNothing() {
		TestClient client = client((settings) -> settings);
		// Nothing is reset of a call that is given up before the connection is there.
		assertThatItServes(client);
		this.answering.set(false);
		cancel(client, 10, LIMIT / 2);
		await().untilAsserted(() -> assertThat(this.resets).singleElement()
			.satisfies((count) -> assertThat(count).hasValue(LIMIT / 2)));
		assertThatItServes(client);
		assertThat(this.server).acceptedConnections(1);
	}

	@Test
	void whatArrivesAfterAResetIsNotAnswered() {
		Gate cancelled = new Gate();
		Collection<RawFrame> seen = new ConcurrentLinkedQueue<>();
		RawServer late = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2("");
			connection.readFrame(RawFrame.HEADERS);
			connection.write(RawFrame.headers(3, 0, ":status", "200") + RawFrame.data(3, 0, "begin"));
			connection.readFrame(RawFrame.RST_STREAM);
			connection.waitFor(cancelled);
			connection
				.write(RawFrame.data(3, 0, "late").repeat(100) + RawFrame.headers(3, RawFrame.END_STREAM, "x-t", "1"));
			for (RawFrame frame = connection.readFrame();; frame = connection.readFrame()) {
				seen.add(frame);
				if (frame.type() == RawFrame.HEADERS) {
					connection
						.write(RawFrame.headers(5, 0, ":status", "200") + RawFrame.data(5, RawFrame.END_STREAM, "ok"));
				}
			}
		});
		TestClient client = client((settings) -> settings);
		client.request("GET", late.url("/")).parts().take(1).blockLast(PATIENCE);
		assertThat(client).activeStreams(late, 0);
		cancelled.open();
		assertThat(client.fetch(late.url("/"))).isEqualTo("ok");
		assertThat(client.fetch(this.serverThatAnswers().url("/"))).isEqualTo("ok");
		assertThat(seen).extracting(RawFrame::type).doesNotContain(RawFrame.RST_STREAM);
		assertThat(client.host(late).counters().resetsSent()).isOne();
		assertThat(late).acceptedConnections(1);
	}

	private RawServer serverThatAnswers() {
		this.answering.set(true);
		return this.server;
	}

	private TestClient client(java.util.function.UnaryOperator<TestSettings> change) {
		return this.network.client((settings) -> change.apply(settings).protocols(Protocol.H2C));
	}

	private void cancel(TestClient client, int together) {
		cancel(client, together, CALLS);
	}

	private void cancel(TestClient client, int together, int calls) {
		Mono<String> call = client.get(this.server.url("/")).timeout(Duration.ofMillis(100 + 2L * together));
		List<Throwable> errors = Flux.range(0, calls)
			.flatMap((number) -> call.then(Mono.<Throwable>empty()).onErrorResume(Mono::just), together)
			.collectList()
			.block(PATIENCE);
		assertThat(errors).hasSize(calls).hasOnlyElementsOfType(TimeoutException.class);
	}

	private void assertThatItServes(TestClient client) {
		assertThat(client.fetch(serverThatAnswers().url("/"))).isEqualTo("ok");
	}

	private void serve(RawConnection connection) throws Exception {
		AtomicInteger count = new AtomicInteger();
		this.resets.add(count);
		connection.acceptHttp2("");
		for (RawFrame frame = connection.readFrame();; frame = connection.readFrame()) {
			if (frame.type() == RawFrame.RST_STREAM) {
				count.incrementAndGet();
			}
			else if (frame.type() == RawFrame.HEADERS && this.answering.get()) {
				connection.write(RawFrame.headers(frame.stream(), 0, ":status", "200")
						+ RawFrame.data(frame.stream(), RawFrame.END_STREAM, "ok"));
			}
		}
	}

}
