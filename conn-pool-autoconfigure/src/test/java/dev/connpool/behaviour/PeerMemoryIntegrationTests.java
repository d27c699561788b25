package dev.connpool.behaviour;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.connpool.error.ProtocolErrorException;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawFrame;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an HTTP/2 server can make the client keep is bounded (B46).
 */
@Transport.Each
class PeerMemoryIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final int HEADER_TABLE_SIZE = 1;

	private static final int LARGEST = 64 * 1024;

	/** So many fields of {@link #FIELD} bytes fill a table of the largest size. */
	private static final int FILLING = 24;

	private static final int FIELD = 3000;

	@RegisterExtension
	final Network network;

	private final BlockingQueue<RawFrame> requests = new LinkedBlockingQueue<>();

	PeerMemoryIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@Test
	void theTableOfTheEncoderIsBounded() throws Exception {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2(RawFrame.setting(HEADER_TABLE_SIZE, 0xFFFFFFFF));
			answer(connection, Integer.MAX_VALUE, "");
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		send(client, server, "before SETTINGS, perhaps");
		this.requests.take();
		send(client, server, "first");
		assertThat(this.requests.take().payload().remaining()).isGreaterThan(FIELD);
		send(client, server, "first");
		assertThat(this.requests.take().payload().remaining()).as("known to the table").isLessThan(FIELD);
		for (int number = 0; number < FILLING; number++) {
			send(client, server, "other " + number);
			this.requests.take();
		}
		send(client, server, "first");
		assertThat(this.requests.take().payload().remaining()).as("gone from the table").isGreaterThan(FIELD);
		assertThat(server).acceptedConnections(1);
	}

	@Test
	void theTableIsBoundedWhenSettingsChange() throws Exception {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2("");
			answer(connection, 1, tableSize(0xFFFFFFFF));
			answer(connection, 1, tableSize(100) + tableSize(0xFFFFFFFF) + tableSize(50) + tableSize(LARGEST));
			answer(connection, Integer.MAX_VALUE, "");
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		for (int request = 0; request < 4; request++) {
			send(client, server, "same");
		}
		assertThat(update(this.requests.take().payload())).isEqualTo(-1);
		assertThat(update(this.requests.take().payload())).isEqualTo(LARGEST);
		ByteBuffer lowered = this.requests.take().payload();
		assertThat(update(lowered)).isEqualTo(100);
		assertThat(update(lowered)).isEqualTo(50);
		assertThat(update(lowered)).isEqualTo(-1);
		assertThat(update(this.requests.take().payload())).isEqualTo(-1);
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
	}

	static Arguments[] floods() {
		return new Arguments[] { Arguments.argumentSet("PING", RawFrame.of(RawFrame.PING, 0, 0, "12345678")),
				Arguments.argumentSet("SETTINGS", RawFrame.of(RawFrame.SETTINGS, 0, 0, "")),
				Arguments.argumentSet("SETTINGS of the table", tableSize(0) + tableSize(4096)) };
	}

	@ParameterizedTest
	@MethodSource("floods")
	void aServerThatFloodsAndDoesNotReadIsLeft(String frame) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.takeLittle();
			connection.acceptHttp2("");
			connection.readFrame(RawFrame.HEADERS);
			String many = frame.repeat(4096);
			while (true) {
				connection.write(many);
			}
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		Failure failure = Failure
			.of(client.derive((http) -> http.option(ChannelOption.SO_SNDBUF, 16 * 1024)).get(server.url("/")));
		assertThat(failure.error()).isInstanceOf(ProtocolErrorException.class);
		assertThat(failure.message()).contains("ENHANCE_YOUR_CALM").doesNotContain("the server closed");
		assertThat(client).holdsNothing();
		assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("protocol-error");
	}

	private static String tableSize(int size) {
		return RawFrame.of(RawFrame.SETTINGS, 0, 0, RawFrame.setting(HEADER_TABLE_SIZE, size));
	}

	private static void send(TestClient client, RawServer server, String value) {
		String body = client.request("GET", server.url("/"))
			.header("x-unique", value + "!".repeat(FIELD))
			.text()
			.block(PATIENCE);
		assertThat(body).isEqualTo("ok");
	}

	private void answer(RawConnection connection, int times, String before) throws Exception {
		for (int number = 0; number < times;) {
			RawFrame frame = connection.readFrame();
			if (frame.type() == RawFrame.HEADERS) {
				number++;
				this.requests.add(frame);
				connection.write(before + RawFrame.headers(frame.stream(), 0, ":status", "200")
						+ RawFrame.data(frame.stream(), RawFrame.END_STREAM, "ok"));
			}
		}
	}

	// RFC 7541, section 6.3
	private static int update(ByteBuffer block) {
		int prefix = block.get() & 0xff;
		if (prefix >>> 5 != 1) {
			return -1;
		}
		int size = prefix & 0x1f;
		if (size < 0x1f) {
			return size;
		}
		for (int shift = 0;; shift += 7) {
			int part = block.get() & 0xff;
			size += (part & 0x7f) << shift;
			if (part < 0x80) {
				return size;
			}
		}
	}

}
