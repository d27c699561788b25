package dev.connpool.behaviour;

import java.io.IOException;
import java.util.List;

import dev.connpool.settings.Protocol;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A connection that the server ends says whether it was closed (FIN) or reset (RST).
 */
@Transport.Each
class PeerClosesIntegrationTests {

	private static final String EMPTY = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

	private static final String HALF = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this";

	private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";

	private static final int HEADERS = 1;

	@RegisterExtension
	final Network network;

	private final Gate gate = new Gate();

	PeerClosesIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@EnumSource
	void anIdleConnection(End end) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(EMPTY);
			connection.waitFor(this.gate);
			end.of(connection);
		});
		TestClient client = this.network.client();
		client.fetch(server.url("/"));
		this.gate.open();
		assertReason(client, server, end);
	}

	@ParameterizedTest
	@EnumSource
	void aConnectionWhoseRequestIsNotAnswered(End end) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			end.of(connection);
		});
		TestClient client = this.network.client();
		assertThat(Failure.of(client.get(server.url("/"))).error()).isInstanceOf(IOException.class);
		assertReason(client, server, end);
	}

	@ParameterizedTest
	@EnumSource
	void aConnectionWhoseResponseHasBegun(End end) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(HALF);
			connection.waitFor(this.gate);
			end.of(connection);
		});
		TestClient client = this.network.client();
		Mono<List<String>> body = client.begin(server.url("/"), 1);
		await().until(() -> client.host(server).connections().active() == 1);
		this.gate.open();
		assertThat(Failure.of(body).error()).isInstanceOf(IOException.class);
		assertReason(client, server, end);
	}

	@ParameterizedTest
	@EnumSource
	void anHttp2Connection(End end) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(SETTINGS);
			connection.readFrame(HEADERS);
			end.of(connection);
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		assertThat(Failure.of(client.get(server.url("/"))).error()).isInstanceOf(IOException.class);
		assertReason(client, server, end);
	}

	@ParameterizedTest
	@EnumSource
	void anIdleHttp2Connection(End end) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(SETTINGS);
			connection.readFrame(HEADERS);
			connection.write("\0\0\1\1\5\0\0\0\3\u0088");
			connection.waitFor(this.gate);
			end.of(connection);
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		client.fetch(server.url("/"));
		await().until(() -> client.host(server).connections().idle() == 1);
		this.gate.open();
		assertReason(client, server, end);
	}

	// What is written may fail before anything is read
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aConnectionThatIsWrittenTo(boolean nativeTransport) {
		LoopResources loops = LoopResources.create("peer-closes", 1, true);
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.waitFor(this.gate);
			connection.reset();
		});
		TestClient client = this.network.client();
		Mono<String> upload = client.derive((httpClient) -> httpClient.runOn(loops, nativeTransport))
			.post(server.url("/"), Flux.range(0, 50_000).map((number) -> "x".repeat(1000)))
			.doOnSubscribe((subscription) -> this.gate.open());
		assertThat(Failure.of(upload).error()).isInstanceOf(IOException.class);
		assertReason(client, server, End.RESET);
		loops.disposeLater().block();
	}

	private static void assertReason(TestClient client, RawServer server, End end) {
		await().untilAsserted(
				() -> assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys(end.reason));
		assertThat(server).settlesAt(0);
	}

	enum End {

		FIN("peer-closed") {

			@Override
			void of(RawConnection connection) throws IOException {
				connection.finish();
			}

		},

		RESET("peer-reset") {

			@Override
			void of(RawConnection connection) throws IOException {
				connection.reset();
			}

		};

		private final String reason;

		End(String reason) {
			this.reason = reason;
		}

		abstract void of(RawConnection connection) throws IOException;

	}

}
