package dev.connpool.behaviour;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import dev.connpool.error.ProtocolErrorException;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawFrame;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestResponse;
import dev.connpool.testing.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * A response over HTTP/2 that is malformed (RFC 9113, section 8.1.1) is an error of its
 * stream, which is reset with PROTOCOL_ERROR. The connection and its other streams live
 * (B38).
 */
@Transport.Each
class MalformedStreamsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final int FIRST = 3;

	private static final int PROTOCOL_ERROR = 1;

	@RegisterExtension
	final Network network;

	/** Resets that servers have received: the stream and its error code. */
	private final BlockingQueue<RawFrame> resets = new LinkedBlockingQueue<>();

	static Stream<Arguments> malformed() {
		return Stream.of(malformed("no content where Content-Length is 5", (id) -> ok(id, RawFrame.END_STREAM, "5")),
				malformed("an empty DATA frame where Content-Length is 5",
						(id) -> ok(id, 0, "5") + RawFrame.data(id, RawFrame.END_STREAM, "")),
				malformed("too little content", (id) -> ok(id, 0, "5") + RawFrame.data(id, RawFrame.END_STREAM, "abc")),
				malformed("too much content",
						(id) -> ok(id, 0, "5") + RawFrame.data(id, RawFrame.END_STREAM, "abcdefgh")),
				malformed("too much content, in parts",
						(id) -> ok(id, 0, "5") + RawFrame.data(id, 0, "abcde")
								+ RawFrame.data(id, RawFrame.END_STREAM, "f")),
				malformed("content where Content-Length is 0",
						(id) -> ok(id, 0, "0") + RawFrame.data(id, RawFrame.END_STREAM, "a")),
				malformed("trailers before the content",
						(id) -> ok(id, 0, "5") + RawFrame.headers(id, RawFrame.END_STREAM, "x-t", "1")),
				malformed("trailers after too little content",
						(id) -> ok(id, 0, "5") + RawFrame.data(id, 0, "abc")
								+ RawFrame.headers(id, RawFrame.END_STREAM, "x-t", "1")),
				malformed("two Content-Lengths",
						(id) -> RawFrame.headers(id, 0, ":status", "200", "content-length", "1", "content-length", "2")
								+ RawFrame.data(id, RawFrame.END_STREAM, "a")),
				malformed("a Content-Length that is no number",
						(id) -> ok(id, 0, "one") + RawFrame.data(id, RawFrame.END_STREAM, "a")),
				malformed("a negative Content-Length",
						(id) -> ok(id, 0, "-1") + RawFrame.data(id, RawFrame.END_STREAM, "a")),
				malformed("END_STREAM with 103", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "103")),
				malformed("END_STREAM with 100", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "100")),
				malformed("an interim response and DATA",
						(id) -> RawFrame.headers(id, 0, ":status", "103")
								+ RawFrame.data(id, RawFrame.END_STREAM, "a")),
				malformed("an interim response and trailers",
						(id) -> RawFrame.headers(id, 0, ":status", "103")
								+ RawFrame.headers(id, RawFrame.END_STREAM, "x-t", "1")),
				malformed("DATA alone", (id) -> RawFrame.data(id, RawFrame.END_STREAM, "a")),
				malformed("an empty DATA frame alone", (id) -> RawFrame.data(id, RawFrame.END_STREAM, "")),
				malformed("no status",
						(id) -> RawFrame.headers(id, 0, "x-a", "1") + RawFrame.data(id, RawFrame.END_STREAM, "a")),
				malformed("no status and END_STREAM", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, "x-a", "1")),
				malformed("no status after an interim response",
						(id) -> RawFrame.headers(id, 0, ":status", "103") + RawFrame.headers(id, 0, "x-a", "1")),
				malformed("no header at all", (id) -> RawFrame.headers(id, RawFrame.END_STREAM)),
				malformed("a status twice",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", ":status", "200")),
				malformed("an empty status", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "")),
				malformed("status 99", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "99")),
				malformed("status 099", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "099")),
				malformed("status 0", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "0")),
				malformed("status 1000", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "1000")),
				malformed("status 20x", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "20x")),
				malformed("status 200 OK", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200 OK")),
				malformed("status +20", (id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "+20")),
				malformed("status 101", (id) -> RawFrame.headers(id, 0, ":status", "101")),
				malformed("status 101 and END_STREAM",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "101")),
				malformed("trailers that do not end the stream",
						(id) -> ok(id, 0) + RawFrame.data(id, 0, "a") + RawFrame.headers(id, 0, "x-t", "1")),
				malformed("a second header", (id) -> ok(id, 0) + ok(id, 0)),
				malformed("an interim response after the final one",
						(id) -> ok(id, 0) + RawFrame.headers(id, 0, ":status", "103")),
				malformed("a status in trailers",
						(id) -> ok(id, 0) + RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200")),
				malformed("an unknown pseudo-header in trailers",
						(id) -> ok(id, 0) + RawFrame.headers(id, RawFrame.END_STREAM, ":x", "1")),
				malformed("a pseudo-header after others",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, "x-a", "1", ":status", "200")),
				malformed("an unknown pseudo-header",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", ":x", "1")),
				malformed("a pseudo-header of requests",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", ":path", "/")),
				malformed("an upper-case name",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", "X-A", "1")),
				malformed("an upper-case name in trailers",
						(id) -> ok(id, 0) + RawFrame.headers(id, RawFrame.END_STREAM, "X-T", "1")),
				malformed("an empty name",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", "", "1")),
				malformed("Connection",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", "connection", "close")),
				malformed("Transfer-Encoding",
						(id) -> RawFrame.headers(id, 0, ":status", "200", "transfer-encoding", "chunked")),
				malformed("Keep-Alive",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", "keep-alive", "1")),
				malformed("Upgrade",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", "upgrade", "h2c")),
				malformed("Proxy-Connection",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", "proxy-connection",
								"close")),
				malformed("Connection in trailers",
						(id) -> ok(id, 0) + RawFrame.headers(id, RawFrame.END_STREAM, "connection", "close")),
				malformed("content with 204",
						(id) -> RawFrame.headers(id, 0, ":status", "204")
								+ RawFrame.data(id, RawFrame.END_STREAM, "a")),
				malformed("content with 304",
						(id) -> RawFrame.headers(id, 0, ":status", "304")
								+ RawFrame.data(id, RawFrame.END_STREAM, "a")),
				malformed("a line break in a value",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", "x-a", "a\r\nb: c")),
				malformed("a space in a name",
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "200", "x a", "1")));
	}

	private static Arguments malformed(String what, IntFunction<String> frames) {
		return Arguments.argumentSet(what, frames);
	}

	private static String ok(int stream, int flags, String... contentLength) {
		return (contentLength.length == 0) ? RawFrame.headers(stream, flags, ":status", "200")
				: RawFrame.headers(stream, flags, ":status", "200", "content-length", contentLength[0]);
	}

	MalformedStreamsIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@MethodSource("malformed")
	void aMalformedResponseIsAnErrorOfItsStream(IntFunction<String> frames) throws Exception {
		RawServer server = RawServer.start(this.network, (connection) -> serve(connection, frames));
		assertThatItsStreamFails(this.network.client((settings) -> settings.protocols(Protocol.H2C)), server);
	}

	@ParameterizedTest
	@MethodSource("malformed")
	void soItIsOverTls(IntFunction<String> frames) throws Exception {
		RawServer server = RawServer.tls(this.network, (connection) -> serve(connection, frames), "h2");
		assertThatItsStreamFails(this.network.client(), server);
	}

	// The first stream waits for its answer meanwhile
	private void serve(RawConnection connection, IntFunction<String> frames) throws Exception {
		connection.acceptHttp2("");
		connection.readFrame(RawFrame.HEADERS);
		connection.write(ok(FIRST, 0) + RawFrame.data(FIRST, 0, "first "));
		connection.readFrame(RawFrame.HEADERS);
		connection.write(frames.apply(FIRST + 2));
		RawFrame frame = connection.readFrame();
		while (frame.type() != RawFrame.HEADERS) {
			if (frame.type() == RawFrame.RST_STREAM) {
				this.resets.add(frame);
			}
			frame = connection.readFrame();
		}
		connection.write(RawFrame.data(FIRST, RawFrame.END_STREAM, "last"));
		connection.write(ok(FIRST + 4, 0) + RawFrame.data(FIRST + 4, RawFrame.END_STREAM, "third"));
	}

	private void assertThatItsStreamFails(TestClient client, RawServer server) throws Exception {
		BlockingQueue<String> parts = new LinkedBlockingQueue<>();
		Mono<String> first = client.request("GET", server.url("/first"))
			.texts()
			.doOnNext(parts::add)
			.reduce(String::concat)
			.cache();
		first.subscribe();
		assertThat(parts.poll(10, TimeUnit.SECONDS)).isEqualTo("first ");
		Failure failure = Failure.of(client.get(server.url("/second")));
		assertThat(failure.error()).isInstanceOf(ProtocolErrorException.class);
		assertThat(failure.message()).contains("RFC 9113").doesNotContain("close", "server reset");
		assertThat(client.fetch(server.url("/third"))).isEqualTo("third");
		assertThat(first.block(PATIENCE)).isEqualTo("first last");
		assertThat(this.resets).singleElement().satisfies((reset) -> {
			assertThat(reset.stream()).isEqualTo(FIRST + 2);
			assertThat(reset.errorCode()).isEqualTo(PROTOCOL_ERROR);
		});
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
		assertThat(server).acceptedConnections(1);
	}

	static Stream<Arguments> wellFormed() {
		return Stream.of(wellFormed("HEAD", "HEAD", 200, (id) -> ok(id, RawFrame.END_STREAM, "5")),
				wellFormed("HEAD with an empty DATA frame", "HEAD", 200,
						(id) -> ok(id, 0, "5") + RawFrame.data(id, RawFrame.END_STREAM, "")),
				wellFormed("304 with Content-Length", "GET", 304,
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "304", "content-length", "5")),
				wellFormed("204 with Content-Length", "GET", 204,
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "204", "content-length", "5")),
				wellFormed("Content-Length 0", "GET", 200, (id) -> ok(id, RawFrame.END_STREAM, "0")),
				wellFormed("the same Content-Length twice", "GET", 200,
						(id) -> RawFrame.headers(id, 0, ":status", "200", "content-length", "1", "content-length", "1")
								+ RawFrame.data(id, RawFrame.END_STREAM, "a")),
				wellFormed("no content", "GET", 200, (id) -> ok(id, RawFrame.END_STREAM)),
				wellFormed("interim responses", "GET", 200,
						(id) -> RawFrame.headers(id, 0, ":status", "100")
								+ RawFrame.headers(id, 0, ":status", "103", "link", "</a>") + ok(id, 0, "1")
								+ RawFrame.data(id, RawFrame.END_STREAM, "a")),
				wellFormed("trailers", "GET", 200,
						(id) -> ok(id, 0, "1") + RawFrame.data(id, 0, "a")
								+ RawFrame.headers(id, RawFrame.END_STREAM, "x-t", "1")),
				wellFormed("trailers without content", "GET", 200,
						(id) -> ok(id, 0) + RawFrame.headers(id, RawFrame.END_STREAM, "x-t", "1")),
				wellFormed("status 999", "GET", 999,
						(id) -> RawFrame.headers(id, RawFrame.END_STREAM, ":status", "999")));
	}

	private static Arguments wellFormed(String what, String method, int status, IntFunction<String> frames) {
		return Arguments.argumentSet(what, method, status, frames);
	}

	@ParameterizedTest
	@MethodSource("wellFormed")
	void whatLooksMalformedIsDelivered(String method, int status, IntFunction<String> frames) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2("");
			connection.readFrame(RawFrame.HEADERS);
			connection.write(frames.apply(FIRST));
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		assertThat(client.request(method, server.url("/")).response().map(TestResponse::status).block(PATIENCE))
			.isEqualTo(status);
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
	}

	@Test
	void contentInTheAnswerToHeadIsAnError() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2("");
			connection.readFrame(RawFrame.HEADERS);
			connection.write(ok(FIRST, 0, "5") + RawFrame.data(FIRST, RawFrame.END_STREAM, "abcde"));
			this.resets.add(next(connection, RawFrame.RST_STREAM));
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		Failure failure = Failure.of(client.request("HEAD", server.url("/")).text());
		assertThat(failure.error()).isInstanceOf(ProtocolErrorException.class);
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
	}

	@Test
	void aSlowReaderGetsNoShortenedBody() throws Exception {
		Gate read = new Gate();
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2("");
			connection.readFrame(RawFrame.HEADERS);
			connection.write(ok(FIRST, 0) + RawFrame.data(FIRST, 0, "a") + RawFrame.data(FIRST, 0, "b")
					+ RawFrame.data(FIRST, 0, "c") + RawFrame.headers(FIRST, 0, "x-t", "1"));
			this.resets.add(next(connection, RawFrame.RST_STREAM));
			read.open();
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		SlowReader reader = new SlowReader();
		client.request("GET", server.url("/")).texts().subscribe(reader);
		read.await();
		assertThat(this.resets).singleElement().satisfies((reset) -> assertThat(reset.errorCode()).isOne());
		reader.request(Long.MAX_VALUE);
		assertThat(reader.error.poll(10, TimeUnit.SECONDS)).isInstanceOf(ProtocolErrorException.class);
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
	}

	@Test
	void aSlowReaderGetsNoShortenedBodyOfAStreamThatHasEnded() throws Exception {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2("");
			connection.readFrame(RawFrame.HEADERS);
			connection.write(
					ok(FIRST, 0, "9") + RawFrame.data(FIRST, 0, "a") + RawFrame.data(FIRST, RawFrame.END_STREAM, "b"));
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		SlowReader reader = new SlowReader();
		client.request("GET", server.url("/")).texts().subscribe(reader);
		assertThat(reader.parts.poll(10, TimeUnit.SECONDS)).isEqualTo("a");
		reader.request(Long.MAX_VALUE);
		assertThat(reader.error.poll(10, TimeUnit.SECONDS)).isInstanceOf(ProtocolErrorException.class);
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
	}

	private static RawFrame next(RawConnection connection, int type) throws Exception {
		List<Integer> others = new ArrayList<>();
		for (RawFrame frame = connection.readFrame();; frame = connection.readFrame()) {
			if (frame.type() == type) {
				return frame;
			}
			others.add(frame.type());
			if (others.size() > 100) {
				return fail("Only %s", others);
			}
		}
	}

	/**
	 * Asks for one part of a body, and for more when it is told to.
	 */
	private static final class SlowReader extends BaseSubscriber<String> {

		private final BlockingQueue<String> parts = new LinkedBlockingQueue<>();

		private final BlockingQueue<Throwable> error = new LinkedBlockingQueue<>();

		@Override
		protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
			subscription.request(1);
		}

		@Override
		protected void hookOnNext(String part) {
			this.parts.add(part);
		}

		@Override
		protected void hookOnError(Throwable cause) {
			this.error.add(cause);
		}

		@Override
		protected void hookOnComplete() {
			this.error.add(new AssertionError("Completed with " + this.parts));
		}

	}

}
