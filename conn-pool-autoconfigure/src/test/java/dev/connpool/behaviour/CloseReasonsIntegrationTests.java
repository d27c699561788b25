package dev.connpool.behaviour;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import dev.connpool.listener.ConnectionInfo;
import dev.connpool.listener.ConnectionListener;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.handler.timeout.ReadTimeoutException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The reason for which a connection was closed tells who closed it (B43). These servers
 * close none.
 */
@Transport.Each
class CloseReasonsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int CALLS = 200;

	private static final String HALF = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\npart";

	@RegisterExtension
	final Network network;

	private final Gate gate = new Gate();

	private final List<String> told = new CopyOnWriteArrayList<>();

	CloseReasonsIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	// Some give up as the response arrives, some before, some with it half read
	@ParameterizedTest
	@EnumSource
	void callersThatLoseTheirPatience(Wire wire) {
		TestServer server = wire.server()
			.slow("/slow", Duration.ofMillis(1))
			.hold("/held", this.gate)
			.start(this.network);
		TestClient client = client(wire.settings());
		client.fetch(server.url("/hello"));
		Random random = new Random(1);
		for (String path : List.of("/hello", "/slow", "/held")) {
			Flux.range(0, CALLS)
				.flatMap((number) -> client.get(server.url(path))
					.timeout(Duration.ofNanos(random.nextInt(2_000_000)))
					.onErrorResume((error) -> Mono.empty()), 8)
				.blockLast(PATIENCE);
		}
		this.gate.open();
		await().untilAsserted(() -> assertThat(client.host(server).connections().active()).isZero());
		// On HTTP/2 for the last of so many resets that another connection takes over.
		Set<String> reasons = client.host(server).counters().closedByReason().keySet();
		assertThat(reasons).isSubsetOf("cancelled");
		assertReasons(client, server,
				wire.multiplexed() ? reasons.toArray(String[]::new) : new String[] { "cancelled" });
	}

	@ParameterizedTest
	@EnumSource
	void exchangesThatTakeTooLong(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = client((settings) -> wire.settings().apply(settings).request(Duration.ofMillis(300)));
		assertThat(Failure.ofAll(client.get(server.url("/held")), 20)).hasSize(20);
		this.gate.open();
		await().untilAsserted(() -> assertThat(client.host(server).connections().active()).isZero());
		assertReasons(client, server, wire.multiplexed() ? new String[0] : new String[] { "request-timeout" });
	}

	@ParameterizedTest
	@MethodSource("refusals")
	void aRefusedUpgrade(String answer) {
		this.network.isFor(Transport.REACTOR_NETTY);
		for (boolean secure : new boolean[] { false, true }) {
			this.told.clear();
			RawServer server = serving(secure, (connection) -> {
				connection.readHead();
				connection.write(answer);
			});
			TestClient client = client(UnaryOperator.identity());
			assertThat(Failure.of(webSocket(client, server, Flux::then)).error()).isNotNull();
			assertReasons(client, server, "refused-upgrade");
			assertThat(server).settlesAt(0);
		}
	}

	static List<String> refusals() {
		return List.of("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n",
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
				"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n",
				"HTTP/1.1 503 No\r\nContent-Length: 20000\r\n\r\n" + "x".repeat(20_000),
				"HTTP/1.1 401 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aHandshakeThatIsNotOne(boolean secure) {
		this.network.isFor(Transport.REACTOR_NETTY);
		RawServer server = serving(secure, (connection) -> {
			connection.readHead();
			connection.write(switching("wrong"));
		});
		TestClient client = client(UnaryOperator.identity());
		assertThat(Failure.of(webSocket(client, server, Flux::then)).error()).isNotNull();
		assertReasons(client, server, "protocol-error");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aWebSocketThatTheServerHasEndedButNotClosed(boolean secure) {
		this.network.isFor(Transport.REACTOR_NETTY);
		RawServer server = serving(secure, (connection) -> {
			connection.write(switching(accept(String.valueOf(connection.readHead()))));
			connection.write("\u0081\u0002hi\u0088\u0002\u0003\u00e8");
		});
		TestClient client = client(UnaryOperator.identity());
		webSocket(client, server, Flux::then).block(PATIENCE);
		assertReasons(client, server, "keep-alive-off");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aWebSocketThatTheCallerEnds(boolean secure) {
		this.network.isFor(Transport.REACTOR_NETTY);
		RawServer server = serving(secure, (connection) -> {
			connection.write(switching(accept(String.valueOf(connection.readHead()))));
			connection.write("\u0081\u0002hi");
		});
		TestClient client = client(UnaryOperator.identity());
		webSocket(client, server, (frames) -> frames.next().then()).block(PATIENCE);
		assertReasons(client, server, "cancelled");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aBodyThatCannotBeProduced(boolean secure) {
		RawServer server = serving(secure, RawConnection::readHead);
		TestClient client = client(UnaryOperator.identity());
		Mono<?> call = client.request("POST", server.url("/"))
			.body(Flux.just("part").concatWith(Flux.error(new IllegalStateException("Sorry"))))
			.status();
		assertThat(Failure.of(call).error()).hasMessage("Sorry");
		assertReasons(client, server, "cancelled");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aResponseThatIsDisposedOf(boolean secure) {
		this.network.isFor(Transport.REACTOR_NETTY);
		RawServer server = serving(secure, (connection) -> {
			connection.readHead();
			connection.write(HALF);
		});
		TestClient client = client(UnaryOperator.identity());
		client.httpClient().get().uri(server.url("/")).responseConnection((response, connection) -> {
			connection.dispose();
			return Mono.just("disposed");
		}).blockLast(PATIENCE);
		assertReasons(client, server, "cancelled");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aResponseThatIsLateForTheHttpClient(boolean secure) {
		RawServer server = serving(secure, RawConnection::readHead);
		TestClient client = client(UnaryOperator.identity());
		Mono<String> call = client.derive((httpClient) -> httpClient.responseTimeout(Duration.ofMillis(100)))
			.get(server.url("/"));
		assertThat(Failure.of(call).error()).isInstanceOf(ReadTimeoutException.class);
		assertReasons(client, server, "response-timeout");
	}

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void aServerThatSaysFarewellAndNoMore(Wire wire) {
		// Closing a TLS socket of the JDK sends close_notify; half of it is enough here.
		RawServer server = RawServer.tls(this.network, (connection) -> {
			connection.readHead();
			if (!wire.multiplexed()) {
				connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
			}
			connection.waitFor(this.gate);
			connection.finish();
		}, wire.multiplexed() ? "h2" : "http/1.1");
		TestClient client = client(UnaryOperator.identity());
		client.get(server.url("/")).onErrorComplete().subscribe();
		await().untilAsserted(() -> assertThat(client.host(server).connections().total()).isEqualTo(1));
		this.gate.open();
		assertReasons(client, server, "peer-closed");
	}

	private RawServer serving(boolean secure, RawServer.Script script) {
		return secure ? RawServer.tls(this.network, script, "http/1.1") : RawServer.start(this.network, script);
	}

	private TestClient client(UnaryOperator<TestSettings> change) {
		return this.network.client(change, new ConnectionListener() {

			@Override
			public void closed(ConnectionInfo connection, String reason, Duration age) {
				CloseReasonsIntegrationTests.this.told.add(reason);
			}

		});
	}

	private static Mono<Void> webSocket(TestClient client, RawServer server, Function<Flux<String>, Mono<Void>> read) {
		return client.httpClient()
			.websocket()
			.uri(server.url("/ws").replaceFirst("^http", "ws"))
			.handle((inbound, outbound) -> read.apply(inbound.receive().asString()))
			.then();
	}

	private static String switching(String accept) {
		return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
				+ accept + "\r\n\r\n";
	}

	// RFC 6455, section 4.2.2
	private static String accept(String head) throws IOException {
		String key = head.replaceAll("(?is).*sec-websocket-key: *(\\S+).*", "$1");
		try {
			byte[] hash = MessageDigest.getInstance("SHA-1")
				.digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
			return Base64.getEncoder().encodeToString(hash);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IOException(ex);
		}
	}

	/** What the client counts, and what it told, is nothing but this. */
	private void assertReasons(TestClient client, ObservedServer server, String... reasons) {
		await().untilAsserted(() -> {
			HostSnapshot.Counters counters = client.host(server).counters();
			Map<String, Long> counted = new TreeMap<>(counters.closedByReason());
			counted.putAll(counters.dialFailedByReason());
			assertThat(counted.keySet()).containsExactlyInAnyOrder(reasons);
			assertThat(this.told.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting())))
				.isEqualTo(counted);
		});
	}

}
