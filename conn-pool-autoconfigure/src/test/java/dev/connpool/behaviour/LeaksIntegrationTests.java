package dev.connpool.behaviour;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.connpool.error.LeakReclaimedException;
import dev.connpool.error.RequestTimeoutException;
import dev.connpool.listener.ConnectionInfo;
import dev.connpool.listener.ConnectionListener;
import dev.connpool.snapshot.StreamSnapshot;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.Origin;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestServerBuilder;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A response that nobody reads is reported, once, and nothing else is (B32).
 */
@Transport.Each
class LeaksIntegrationTests {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.connpool.leak");

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Duration THRESHOLD = Duration.ofMillis(300);

	private static final Duration LONGER = THRESHOLD.multipliedBy(4);

	/** More than any buffer or window between the two ends takes. */
	private static final int LARGE = 32 << 20;

	@RegisterExtension
	final Network network;

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	private final List<String> told = new CopyOnWriteArrayList<>();

	private final Gate gate = new Gate();

	LeaksIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@BeforeEach
	void listen() {
		this.lines.list = new CopyOnWriteArrayList<>();
		this.lines.start();
		LOGGER.addAppender(this.lines);
	}

	@AfterEach
	void stopListening() {
		LOGGER.detachAppender(this.lines);
	}

	@ParameterizedTest
	@EnumSource
	void aResponseThatNobodySubscribesToIsReportedOnce(Wire wire) {
		TestServer server = large(wire);
		TestClient client = client(wire);
		Held held = hold(client, server.url("/large"));
		await().until(() -> this.lines.list.size() == 1);
		assertThat(line())
			.contains(TestClient.NAME, server.host(), "nobody has read the response to GET -",
					getClass().getSimpleName())
			.doesNotContain("large");
		await().during(LONGER).until(() -> this.lines.list.size() == 1);
		assertThat(this.told).containsExactly(server.host());
		assertThat(client.host(server).counters().leaks()).isEqualTo(1);
		assertThat(client.host(server).leaking()).isEqualTo(1);
		held.dispose();
		await().until(() -> client.host(server).leaking() == 0);
		assertThat(client.host(server).counters().leaks()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void aHalfReadResponseIsReportedWithItsTemplate(Wire wire) {
		TestServer server = large(wire);
		TestClient client = client(wire);
		Reader reader = new Reader();
		read(client, server).subscribe(reader);
		await().until(() -> this.lines.list.size() == 1);
		assertThat(line()).contains("nobody has read the response to GET /{name} for ").doesNotContain("large");
		StreamSnapshot stream = leaked(client, server).orElseThrow();
		assertThat(stream.leak()).isNotNull().satisfies((leak) -> {
			assertThat(leak.quietFor()).isGreaterThanOrEqualTo(THRESHOLD);
			assertThat(leak.callSite()).first().asString().contains(getClass().getName());
		});
		assertThat(stream.uriTemplate()).isEqualTo("/{name}");
		reader.requestUnbounded();
		await().until(() -> client.host(server).leaking() == 0);
		assertThat(client).connections(server, 0, 0, 1);
		assertThat(this.lines.list).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void aReaderThatComesBackIsNoLeakAnyMore(Wire wire) {
		TestServer server = wire.server()
			.stream("/large", "text/plain",
					Flux.just("x".repeat(1 << 14))
						.repeat(LARGE >> 14)
						.concatWith(this.gate.opened().cast(String.class)))
			.start(this.network);
		TestClient client = client(wire);
		Reader reader = new Reader();
		read(client, server).subscribe(reader);
		await().until(() -> leaked(client, server).isPresent());
		reader.requestUnbounded();
		await().until(() -> leaked(client, server).isEmpty());
		this.gate.open();
		await().atMost(PATIENCE).until(() -> client.host(server).connections().idle() == 1);
	}

	@ParameterizedTest
	@EnumSource
	void waitingForTheServerIsNoLeak(Wire wire) {
		TestServer server = wire.server()
			.hold("/header", this.gate)
			.stream("/body", "text/plain",
					Flux.concat(Flux.just("begun"), this.gate.opened().cast(String.class), Flux.just(", ended")))
			.stream("/events", "text/event-stream",
					Flux.concat(Flux.just("data: 1\n\n"), this.gate.opened().cast(String.class)))
			.start(this.network);
		TestClient client = client(wire);
		Mono<List<String>> calls = Flux.just("/header", "/body", "/events")
			.flatMapSequential((path) -> client.get(server.url(path)))
			.collectList()
			.cache();
		calls.subscribe();
		Mono<List<DataBuffer>> bounded = webClient(client).get()
			.uri(server.host() + "/events")
			.retrieve()
			.bodyToFlux(DataBuffer.class)
			.doOnNext(DataBufferUtils::release)
			.limitRate(1)
			.collectList()
			.cache();
		bounded.subscribe();
		assertNothingIsReported();
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsExactly("held", "begun, ended", "data: 1\n\n");
		assertThat(bounded.block(PATIENCE)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void aSlowReaderIsNoLeak(Wire wire) {
		TestServer server = wire.server().bytes("/large", 1 << 20).start(this.network);
		TestClient client = client(wire);
		Mono<Integer> slow = client.request("GET", server.url("/large"))
			.parts()
			.concatMap((part) -> Mono.delay(Duration.ofMillis(40)).thenReturn(part.length), 1)
			.take(Duration.ofSeconds(2))
			.reduce(0, Integer::sum);
		assertThat(slow.block(PATIENCE)).isPositive();
		assertThat(this.lines.list).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void aWebSocketThatWaitsIsNoLeak(Wire wire) {
		this.network.isFor(Transport.REACTOR_NETTY);
		TestServer server = wire.server()
			.route("/socket",
					(request, response) -> response.sendWebsocket(
							(inbound, outbound) -> outbound.sendString(this.gate.opened().thenReturn("late"))))
			.start(this.network);
		TestClient client = client(wire);
		client.fetch(server.url("/hello"));
		Mono<String> message = client.httpClient()
			.websocket()
			.uri(server.url("/socket").replaceFirst("^http", "ws"))
			.receive()
			.asString()
			.next()
			.cache();
		message.subscribe();
		assertNothingIsReported();
		this.gate.open();
		assertThat(message.block(PATIENCE)).isEqualTo("late");
	}

	@ParameterizedTest
	@EnumSource
	void nothingIsReportedOfWhatIsReadOrReleased(Wire wire) {
		TestServer server = large(wire);
		TestClient client = client(wire);
		assertThat(client.fetchTogether(server.url("/hello"), 50)).containsOnly("hello");
		webClient(client).get()
			.uri(server.host() + "/large")
			.exchangeToMono((response) -> response.releaseBody())
			.block(PATIENCE);
		Disposable call = client.get(server.url("/large")).subscribe();
		call.dispose();
		assertNothingIsReported();
		assertThat(client.host(server).counters().leaks()).isZero();
	}

	@Test
	void nothingIsReportedUnlessAskedFor() {
		TestServer server = large(Wire.H1);
		TestClient client = this.network.client();
		Held held = hold(client, server.url("/large"));
		assertNothingIsReported();
		assertThat(leaked(client, server)).isEmpty();
		held.dispose();
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void reclaimingClosesAnHttp1Connection(Wire wire) {
		TestServer server = large(wire);
		TestClient client = reclaiming(wire);
		Held held = hold(client, server.url("/large"));
		assertThat(server).settlesAt(0);
		assertThat(client).holdsNothing();
		assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("leaked");
		assertReclaimed(held, server);
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void reclaimingResetsAnHttp2Stream(Wire wire) {
		TestServer server = large(wire);
		TestClient client = reclaiming(wire);
		Held held = hold(client, server.url("/large"));
		await().until(() -> server.cancelled("/large") == 1);
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
		assertReclaimed(held, server);
	}

	@ParameterizedTest
	@EnumSource
	void aDeadlineLeavesNothingOfAResponseThatNobodyReads(Wire wire) {
		TestServer server = large(wire);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).request(Duration.ofSeconds(1)));
		AtomicReference<Held> held = new AtomicReference<>(hold(client, server.url("/large")));
		assertThat(client).activeStreams(server, wire.multiplexed() ? 1 : 0);
		await().until(() -> wire.multiplexed() ? client.host(server).streams().active() == 0
				: client.host(server).connections().total() == 0);
		assertThat(Failure.of(held.getAndSet(null).read()).error()).isInstanceOf(RequestTimeoutException.class);
	}

	@ParameterizedTest
	@EnumSource
	void aDeadlineLeavesNothingOfAResponseThatIsForgotten(Wire wire) {
		TestServer server = large(wire);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).request(Duration.ofSeconds(1)));
		for (int response = 0; response < 3; response++) {
			hold(client, server.url("/large"));
			await().until(() -> wire.multiplexed() ? client.host(server).streams().active() == 0
					: client.host(server).connections().total() == 0);
		}
	}

	private void assertReclaimed(Held held, Origin server) {
		assertThat(this.lines.list).hasSize(1);
		Failure failure = Failure.of(held.read());
		assertThat(failure.error()).isInstanceOf(LeakReclaimedException.class);
		assertThat(failure.message()).contains(TestClient.NAME, server.host(), "600 ms",
				TestClient.property("leak-reclaim-threshold"));
	}

	private void assertNothingIsReported() {
		await().during(LONGER).until(this.lines.list::isEmpty);
	}

	private TestServer large(Wire wire) {
		TestServerBuilder builder = wire.server();
		return builder.bytes("/large", LARGE).start(this.network);
	}

	private TestClient client(Wire wire) {
		return client(wire, (settings) -> settings.leaks(THRESHOLD, Duration.ZERO));
	}

	private TestClient reclaiming(Wire wire) {
		return client(wire, (settings) -> settings.leaks(THRESHOLD, THRESHOLD.multipliedBy(2)));
	}

	private TestClient client(Wire wire, UnaryOperator<TestSettings> change) {
		return this.network.client((settings) -> change.apply(wire.settings().apply(settings)),
				new ConnectionListener() {

					@Override
					public void leaked(ConnectionInfo connection) {
						LeaksIntegrationTests.this.told.add(connection.host());
					}

				});
	}

	private Held hold(TestClient client, String url) {
		AtomicReference<Held> held = new AtomicReference<>();
		if (this.network.transport() == Transport.DIRECT) {
			client.connector()
				.connect(HttpMethod.GET, URI.create(url), ClientHttpRequest::setComplete)
				.subscribe((response) -> held.set(() -> response.getBody().map(DataBufferUtils::release)));
		}
		else {
			client.httpClient()
				.get()
				.uri(url)
				.responseConnection((response, connection) -> Mono.just(connection))
				.subscribe((connection) -> held.set(() -> connection.inbound().receive()));
		}
		await().until(() -> held.get() != null);
		return held.get();
	}

	private static Flux<DataBuffer> read(TestClient client, Origin server) {
		return webClient(client).get().uri(server.host() + "/{name}", "large").retrieve().bodyToFlux(DataBuffer.class);
	}

	private static Optional<StreamSnapshot> leaked(TestClient client, Origin server) {
		return client.pooled()
			.survey()
			.blockOptional(PATIENCE)
			.orElseThrow()
			.hosts()
			.get(server.host())
			.connectionList()
			.stream()
			.flatMap((connection) -> connection.streams().stream())
			.filter((stream) -> stream.leak() != null)
			.findFirst();
	}

	private String line() {
		return this.lines.list.get(0).getFormattedMessage();
	}

	private static WebClient webClient(TestClient client) {
		return client.webClient();
	}

	/**
	 * A response that nobody reads.
	 */
	@FunctionalInterface
	private interface Held {

		Flux<?> content();

		default Mono<String> read() {
			return content().then(Mono.just("read"));
		}

		default void dispose() {
			content().subscribe().dispose();
		}

	}

	/**
	 * Asks for one part and then forgets to ask for more.
	 */
	private static final class Reader extends BaseSubscriber<DataBuffer> {

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			subscription.request(1);
		}

		@Override
		protected void hookOnNext(DataBuffer part) {
			DataBufferUtils.release(part);
		}

	}

}
