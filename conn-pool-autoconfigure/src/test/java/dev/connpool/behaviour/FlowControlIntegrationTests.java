package dev.connpool.behaviour;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.testing.DelayingProxy;
import dev.connpool.testing.Network;
import dev.connpool.testing.Origin;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawFrame;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Windows are wide enough for long ways and narrow enough for slow readers (B19, B23).
 */
@Transport.Each
class FlowControlIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final Duration ROUND_TRIP = Duration.ofMillis(50);

	private static final int SIZE = 10 << 20;

	private static final int PART = 1 << 14;

	/** How much longer than HTTP/1.1, which has no windows of its own, it may take. */
	private static final double RATIO = 2;

	private static final int PROTOCOL_WINDOW = 65_535;

	private static final int SETTINGS = 4;

	private static final int WINDOW_UPDATE = 8;

	private static final int ENABLE_PUSH = 2;

	private static final int INITIAL_WINDOW_SIZE = 4;

	@RegisterExtension
	final Network network;

	FlowControlIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@Test
	void aDownloadOverALongWayIsNotHeldBack() {
		assertNotHeldBack((client, server) -> client.request("GET", server.url("/big"))
			.parts()
			.map((part) -> (long) part.length)
			.reduce(0L, Long::sum));
	}

	@Test
	void anUploadOverALongWayIsNotHeldBack() {
		assertNotHeldBack((client, server) -> client.request("POST", server.url("/upload"))
			.send(Flux.range(0, SIZE / PART).map((number) -> Unpooled.directBuffer(PART).writeZero(PART)))
			.text()
			.map(Long::valueOf));
	}

	private void assertNotHeldBack(BiFunction<TestClient, Origin, Mono<Long>> transfer) {
		double ideal = quickest(Wire.H1, transfer);
		double took = quickest(Wire.H2C, transfer);
		assertThat(took / ideal).as("%.0f ms over HTTP/2, %.0f ms over HTTP/1.1", took, ideal).isLessThan(RATIO);
	}

	private double quickest(Wire wire, BiFunction<TestClient, Origin, Mono<Long>> transfer) {
		TestServer server = wire.server().bytes("/big", SIZE).upload("/upload").start(this.network);
		DelayingProxy proxy = DelayingProxy.start(this.network, server, ROUND_TRIP);
		TestClient client = this.network.client(wire.settings());
		client.fetch(proxy.url("/hello"));
		return LongStream.range(0, 3)
			.mapToDouble((number) -> millis(transfer.apply(client, proxy)))
			.min()
			.orElseThrow();
	}

	private static double millis(Mono<Long> transfer) {
		long start = System.nanoTime();
		assertThat(transfer.block(PATIENCE)).isEqualTo(SIZE);
		return (System.nanoTime() - start) / 1e6;
	}

	// B19: with the shipped windows
	@ParameterizedTest
	@ValueSource(ints = { 1, 20 })
	void stalledReadersDelayNoOther(int readers) {
		TestServer server = TestServer.h2c().bytes("/big", SIZE).start(this.network);
		TestClient client = this.network.client(Wire.H2C.settings());
		int first = Math.min(readers, 4);
		List<Disposable> stalled = new ArrayList<>(stall(client, server, first));
		awaitReceived(client, server, SIZE);
		awaitStandstill(client, server);
		stalled.addAll(stall(client, server, readers - first));
		awaitStandstill(client, server);
		Mono<Long> other = client.request("GET", server.url("/big"))
			.parts()
			.map((part) -> (long) part.length)
			.reduce(0L, Long::sum);
		assertThat(other.block(Duration.ofSeconds(10))).isEqualTo(SIZE);
		assertThat(server).acceptedConnections(1);
		stalled.forEach(Disposable::dispose);
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void stalledReadersHoldNoMoreThanTheConnectionWindow(Wire wire) {
		int window = 4 << 20;
		TestServer server = wire.server().bytes("/big", SIZE).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).windows(1 << 20, window));
		List<Disposable> stalled = stall(client, server, 100);
		awaitReceived(client, server, window);
		await().during(Duration.ofMillis(300))
			.atMost(PATIENCE)
			.until(() -> received(client, server) < window + window / 8);
		stalled.forEach(Disposable::dispose);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
	}

	private static List<Disposable> stall(TestClient client, Origin server, int readers) {
		return IntStream.range(0, readers).<Disposable>mapToObj((number) -> {
			Stalled reader = new Stalled();
			client.request("GET", server.url("/big")).parts().subscribe(reader);
			return reader;
		}).toList();
	}

	private static void awaitReceived(TestClient client, Origin server, long bytes) {
		await().atMost(PATIENCE).until(() -> received(client, server) >= bytes);
	}

	private static void awaitStandstill(TestClient client, Origin server) {
		AtomicLong before = new AtomicLong();
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
			long now = received(client, server);
			return before.getAndSet(now) == now;
		});
	}

	private static long received(TestClient client, Origin server) {
		return client.pooled()
			.survey()
			.map((survey) -> survey.hosts().get(server.host()).connectionList())
			.flatMapIterable((connections) -> connections)
			.map(ConnectionSnapshot::bytesReceived)
			.reduce(0L, Long::sum)
			.blockOptional(PATIENCE)
			.orElseThrow();
	}

	// RFC 9113, section 6.5.2
	@Test
	void theServerIsToldTheWindowsAndNotToPush() throws InterruptedException {
		BlockingQueue<Map<Integer, Integer>> told = new LinkedBlockingQueue<>();
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			told.add(settings(connection.readFrame(SETTINGS)));
			int window = PROTOCOL_WINDOW;
			while (window < 8 << 20) {
				window += connection.readFrame(WINDOW_UPDATE).getInt();
			}
			told.add(Map.of(0, window));
		});
		TestClient client = this.network
			.client((settings) -> settings.protocols(Protocol.H2C).windows(1 << 20, 8 << 20));
		Disposable call = client.get(server.url("/")).onErrorComplete().subscribe();
		assertThat(told.poll(10, TimeUnit.SECONDS)).containsEntry(ENABLE_PUSH, 0)
			.containsEntry(INITIAL_WINDOW_SIZE, 1 << 20);
		assertThat(told.poll(10, TimeUnit.SECONDS)).containsEntry(0, 8 << 20);
		call.dispose();
	}

	// B50: what nobody reads any more holds up no other stream
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void contentOfAStreamThatHasEndedIsCreditedToTheConnectionAtOnce(boolean sentBefore) throws InterruptedException {
		BlockingQueue<Integer> credited = new LinkedBlockingQueue<>();
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2("");
			int stream = frame(connection, RawFrame.HEADERS).stream();
			String content = RawFrame.data(stream, 0, "a".repeat(PART));
			connection.write(RawFrame.headers(stream, 0, ":status", "200") + (sentBefore ? content : ""));
			if (!sentBefore) {
				frame(connection, RawFrame.RST_STREAM);
				connection.write(content);
			}
			credited.add(frame(connection, RawFrame.WINDOW_UPDATE).payload().getInt());
			connection.awaitClose();
		});
		TestClient client = this.network
			.client((settings) -> settings.protocols(Protocol.H2C).windows(PROTOCOL_WINDOW, PROTOCOL_WINDOW));
		Stalled reader = new Stalled();
		client.request("GET", server.url("/")).parts().subscribe(reader);
		await().atMost(PATIENCE).until(() -> received(client, server) > (sentBefore ? PART : 0));
		reader.dispose();
		assertThat(credited.poll(10, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(PART);
	}

	private static RawFrame frame(RawConnection connection, int type) throws IOException {
		RawFrame frame = connection.readFrame();
		while (frame.type() != type || (type == RawFrame.WINDOW_UPDATE && frame.stream() != 0)) {
			frame = connection.readFrame();
		}
		return frame;
	}

	private static Map<Integer, Integer> settings(ByteBuffer frame) {
		Map<Integer, Integer> settings = new LinkedHashMap<>();
		while (frame.hasRemaining()) {
			settings.put((int) frame.getShort(), frame.getInt());
		}
		return settings;
	}

	/**
	 * A reader that reads nothing.
	 */
	private static final class Stalled extends BaseSubscriber<byte[]> {

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
		}

	}

}
