package dev.connpool.behaviour;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.error.RequestHeaderTooLargeException;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawFrame;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A request whose header is larger than the server's SETTINGS_MAX_HEADER_LIST_SIZE is
 * refused before anything is sent (B44).
 */
@Transport.Each
class PeerHeaderLimitIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final int MAX_HEADER_LIST_SIZE = 6;

	private static final int LIMIT = 1000;

	private static final String SECRET = "s".repeat(LIMIT);

	@RegisterExtension
	final Network network;

	private final BlockingQueue<RawFrame> received = new LinkedBlockingQueue<>();

	private final RawConnection[] latest = new RawConnection[1];

	PeerHeaderLimitIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aHeaderThatIsTooLargeIsRefusedBeforeAnythingIsSent(boolean strict) {
		RawServer server = RawServer.start(this.network, (connection) -> answer(connection, LIMIT));
		TestClient client = this.network
			.client((settings) -> (strict ? settings.strictMaxConcurrentStreams() : settings).protocols(Protocol.H2C));
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThatIsRefused(client, server);
	}

	@Test
	void soItIsOverTls() {
		RawServer server = RawServer.tls(this.network, (connection) -> answer(connection, LIMIT), "h2");
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThatIsRefused(client, server);
	}

	private void assertThatIsRefused(TestClient client, RawServer server) {
		await().until(() -> client.host(server).streams().active() == 0);
		int before = this.received.size();
		for (Failure failure : Failure.ofAll(withCookie(client, server), 20)) {
			assertThat(failure.error()).isInstanceOfSatisfying(RequestHeaderTooLargeException.class, (error) -> {
				assertThat(error.limit()).isEqualTo(LIMIT);
				assertThat(error.size()).isGreaterThan(LIMIT);
			});
			assertThat(failure.message()).contains("nothing was sent", "1000 at most", "'cookie' (1040 bytes)")
				.doesNotContain("closed", "sss");
		}
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThat(this.received.stream().skip(before).map(RawFrame::type)).doesNotContain(RawFrame.RST_STREAM)
			.containsOnlyOnce(RawFrame.HEADERS);
		assertThat(client.host(server).counters().replaysByReason()).isEmpty();
		assertThat(server).acceptedConnections(1);
	}

	@Test
	void nothingIsAskedForOfABodyWhoseHeaderIsRefused() {
		RawServer server = RawServer.start(this.network, (connection) -> answer(connection, LIMIT));
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		AtomicInteger made = new AtomicInteger();
		AtomicBoolean kept = new AtomicBoolean();
		Flux<ByteBuf> body = Flux.<ByteBuf>generate((sink) -> {
			made.incrementAndGet();
			sink.next(Unpooled.wrappedBuffer(new byte[1]));
		}).doOnSubscribe((subscription) -> kept.set(true)).doFinally((signal) -> kept.set(false));
		Failure failure = Failure
			.of(client.request("POST", server.url("/")).header("cookie", "a=" + SECRET).send(body).text());
		assertThat(failure.error()).isInstanceOf(RequestHeaderTooLargeException.class);
		await().untilFalse(kept);
		assertThat(made).hasValueLessThan(200);
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
	}

	@Test
	void aLimitThatIsLoweredLaterHolds() {
		RawServer server = RawServer.start(this.network, (connection) -> answer(connection, Integer.MAX_VALUE));
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		assertThat(withCookie(client, server).block(PATIENCE)).isEqualTo("ok");
		write(RawFrame.of(RawFrame.SETTINGS, 0, 0, RawFrame.setting(MAX_HEADER_LIST_SIZE, LIMIT)));
		await().until(() -> this.received.stream()
			.filter((frame) -> frame.type() == RawFrame.SETTINGS && frame.has(RawFrame.ACK))
			.count() == 2);
		assertThatIsRefused(client, server);
	}

	private static Mono<String> withCookie(TestClient client, RawServer server) {
		return client.request("GET", server.url("/")).header("cookie", "a=" + SECRET).text();
	}

	private void answer(RawConnection connection, int limit) throws Exception {
		this.latest[0] = connection;
		connection.acceptHttp2(RawFrame.setting(MAX_HEADER_LIST_SIZE, limit));
		while (true) {
			RawFrame frame = connection.readFrame();
			this.received.add(frame);
			if ((frame.type() == RawFrame.HEADERS || frame.type() == RawFrame.DATA) && frame.has(RawFrame.END_STREAM)) {
				connection.write(RawFrame.headers(frame.stream(), 0, ":status", "200")
						+ RawFrame.data(frame.stream(), RawFrame.END_STREAM, "ok"));
			}
		}
	}

	private void write(String frames) {
		try {
			this.latest[0].write(frames);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
