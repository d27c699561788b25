package dev.connpool.behaviour;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

import dev.connpool.error.ProtocolErrorException;
import dev.connpool.error.StreamIdleTimeoutException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestResponse;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Coded content arrives decoded, as fast as it is read, or not at all (B37).
 */
@Transport.Each
class ContentCodingsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final String TEXT = "The quick brown fox jumps over the lazy dog. ".repeat(400);

	private static final int MB = 1 << 20;

	@RegisterExtension
	final Network network;

	ContentCodingsIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@EnumSource
	void everyResponseIsDecoded(Wire wire) {
		TestServer server = serving(wire, "gzip", gzip(TEXT));
		TestClient client = this.network.client(wire.settings());
		for (int request = 0; request < 3; request++) {
			HttpHeaders headers = new HttpHeaders();
			assertThat(fetch(client, server, headers)).isEqualTo(TEXT);
			assertThat(headers.headerNames()).doesNotContain("Content-Encoding", "Content-Length", "content-encoding",
					"content-length");
		}
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void restClientGetsItDecoded(Wire wire) {
		TestServer server = serving(wire, "gzip", gzip(TEXT));
		RestClient restClient = this.network.client(wire.settings()).restClient();
		for (int request = 0; request < 2; request++) {
			assertThat(restClient.get().uri(server.url("/coded")).retrieve().body(String.class)).isEqualTo(TEXT);
		}
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void webClientGetsItDecoded(Wire wire) {
		TestServer server = serving(wire, "gzip", gzip(TEXT));
		WebClient webClient = webClient(this.network.client(wire.settings()));
		for (int request = 0; request < 2; request++) {
			assertThat(webClient.get().uri(server.url("/coded")).retrieve().bodyToMono(String.class).block(PATIENCE))
				.isEqualTo(TEXT);
		}
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void everyKnownCodingIsDecoded(Coded coded) {
		for (Wire wire : List.of(Wire.H1, Wire.H2)) {
			TestServer server = serving(wire, coded.header, coded.body());
			TestClient client = this.network.client(wire.settings());
			assertThat(client.fetch(server.url("/coded"))).isEqualTo(TEXT);
			assertThat(client.fetch(server.url("/bytes"))).isEqualTo(TEXT);
			assertThat(server).acceptedConnections(1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "br", "zstd", "'gzip, br'", "'br, gzip'", "identity", "'gzip,gzip,gzip,gzip,gzip,gzip'" })
	void whatIsNotDecodedArrivesAsItIs(String coding) {
		for (Wire wire : List.of(Wire.H1, Wire.H2)) {
			TestServer server = serving(wire, coding, bytes("as it is"));
			HttpHeaders headers = new HttpHeaders();
			assertThat(fetch(this.network.client(wire.settings()), server, headers)).isEqualTo("as it is");
			assertThat(headers.getFirst("Content-Encoding")).isEqualTo(coding);
			assertThat(headers.getContentLength()).isEqualTo(8);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void nothingIsDecodedWithoutCompression(Wire wire) {
		byte[] coded = gzip(TEXT);
		TestServer server = serving(wire, "gzip", coded);
		TestClient client = this.network.client(wire.settings()).derive((http) -> http.compress(false));
		assertThat(client.request("GET", server.url("/coded")).bytes().block(PATIENCE)).isEqualTo(coded);
	}

	// A part of what is coded cannot be decoded
	@Test
	void aPartIsNotDecoded() {
		TestServer server = TestServer.h1()
			.route("/coded", (request, response) -> send(response.status(206), "gzip", bytes("part")))
			.start(this.network);
		assertThat(this.network.client().fetch(server.url("/coded"))).isEqualTo("part");
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void contentMayBeEmpty(Wire wire) {
		TestServer server = wire.server()
			.route("/none", (request, response) -> response.header("Content-Encoding", "gzip").send())
			.route("/zero", (request, response) -> send(response, "gzip", new byte[0]))
			.route("/unchanged", (request, response) -> response.status(304).header("Content-Encoding", "gzip").send())
			.route("/head", (request,
					response) -> response.header("Content-Encoding", "gzip").header("Content-Length", "20").send())
			.start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (String path : List.of("/none", "/zero", "/unchanged")) {
			assertThat(client.fetch(server.url(path))).as(path).isEmpty();
		}
		assertThat(client.request("HEAD", server.url("/head"))
			.head()
			.map((response) -> response.headers().get("Content-Encoding"))
			.block(PATIENCE)).isEqualTo("gzip");
		assertThat(client).connections(server, 0, 0, 1);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void whatCannotBeDecodedIsAnError(Broken broken) {
		for (Wire wire : List.of(Wire.H1, Wire.H1_TLS, Wire.H2, Wire.H2C)) {
			TestServer server = wire.server()
				.route("/coded", (request, response) -> send(response, broken.coding, broken.body()))
				.start(this.network);
			TestClient client = this.network
				.client((settings) -> wire.settings().apply(settings).maxConnectionsPerHost(1).request(Duration.ZERO));
			client.fetch(server.url("/hello"));
			assertThat(Failure.of(client.get(server.url("/coded"))).error()).isInstanceOf(ProtocolErrorException.class)
				.message()
				.contains(TestClient.NAME, server.host(), "'%s'".formatted(broken.coding), broken.message);
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
			assertThat(server).acceptedConnections(wire.name().startsWith("H1") ? 2 : 1);
			assertThat(client).connections(server, 0, 0, 1).activeStreams(server, 0);
		}
	}

	// While the server goes on
	@ParameterizedTest
	@EnumSource
	void whatCannotBeDecodedEndsTheExchange(Wire wire) {
		TestServer server = wire.server()
			.route("/coded", (request, response) -> response.header("Content-Encoding", "gzip")
				.send(Mono.just(Unpooled.wrappedBuffer(bytes("plain text"))).concatWith(Mono.never()), (part) -> true))
			.start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).maxConnectionsPerHost(1).request(Duration.ZERO));
		client.fetch(server.url("/hello"));
		assertThat(Failure.of(client.get(server.url("/coded"))).error()).isInstanceOf(ProtocolErrorException.class);
		await().until(() -> server.cancelled("/coded") == 1);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client).connections(server, 0, 0, 1).activeStreams(server, 0);
	}

	@ParameterizedTest
	@EnumSource
	void eachEventArrivesAtOnce(Wire wire) {
		TestServer server = wire.server()
			.route("/events",
					(request, response) -> response.header("Content-Type", "text/event-stream")
						.header("Content-Encoding", "gzip")
						.send(Mono.just(Unpooled.wrappedBuffer(flushed("data:1\n\n"))).concatWith(Mono.never()),
								(part) -> true))
			.start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).streamIdle(Duration.ofMillis(500)));
		Flux<String> events = webClient(client).get().uri(server.url("/events")).retrieve().bodyToFlux(String.class);
		assertThat(events.next().block(PATIENCE)).isEqualTo("1");
		assertThat(catchThrowable(() -> events.blockLast(PATIENCE)))
			.hasStackTraceContaining(StreamIdleTimeoutException.class.getName());
	}

	@ParameterizedTest
	@EnumSource
	void noMoreIsDecodedThanIsRead(Wire wire) {
		TestServer server = serving(wire, "gzip", bomb(256));
		TestClient client = this.network.client(wire.settings());
		Reader reader = new Reader();
		long before = memory();
		client.request("GET", server.url("/coded")).parts().subscribe(reader);
		reader.request(1);
		await().until(() -> reader.bytes.get() > 0);
		// What is decoded without being asked for is decoded by then.
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		for (int part = 0; part < 100; part++) {
			reader.request(1);
		}
		await().until(() -> reader.parts.get() == 101);
		assertThat(memory() - before).isLessThan(16L * MB);
		reader.request(Long.MAX_VALUE);
		assertThat(reader.end.asMono().block(PATIENCE)).isEqualTo(256L * MB);
		assertThat(client).activeStreams(server, 0);
		await().until(() -> client.host(server).connections().active() == 0);
	}

	// Nothing but the end of the connection tells the end of the content
	@Test
	void whatTheServerHasClosedIsReadToItsEnd() {
		byte[] bomb = bomb(16);
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
					+ new String(bomb, StandardCharsets.ISO_8859_1));
			connection.close();
		});
		TestClient client = this.network.client();
		Reader reader = new Reader();
		client.request("GET", server.url("/")).parts().subscribe(reader);
		reader.request(1);
		assertThat(server).settlesAt(0);
		await().until(() -> reader.parts.get() == 1);
		for (int part = 0; part < 500; part++) {
			reader.request(1);
		}
		await().until(() -> reader.parts.get() == 501);
		reader.request(Long.MAX_VALUE);
		assertThat(reader.end.asMono().block(PATIENCE)).isEqualTo(16L * MB);
		assertThat(client).holdsNothing();
	}

	@ParameterizedTest
	@EnumSource
	void aReaderThatHasEnoughKeepsNothing(Wire wire) {
		TestServer server = serving(wire, "gzip", bomb(16));
		TestClient client = this.network.client(wire.settings());
		for (int request = 0; request < 3; request++) {
			assertThat(client.request("GET", server.url("/coded")).parts().limitRate(1).take(3).count().block(PATIENCE))
				.isEqualTo(3);
			assertThat(client).connections(server, 0, 0, 1).activeStreams(server, 0);
		}
		// On HTTP/1.1 because all that is left of the response has been received.
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void theBodyOfRestClientIsDecodedAsItIsRead(Wire wire) throws IOException {
		TestServer server = serving(wire, "gzip", bomb(64));
		long before = memory();
		RestClient restClient = this.network.client(wire.settings()).restClient();
		long read = restClient.get().uri(server.url("/coded")).exchange((request, response) -> {
			InputStream body = response.getBody();
			long first = body.readNBytes(MB).length;
			assertThat(memory() - before).isLessThan(32L * MB);
			return first + body.transferTo(OutputStream.nullOutputStream());
		});
		assertThat(read).isEqualTo(64L * MB);
	}

	@Test
	void nothingIsAskedForThatIsNotDecoded() {
		TestServer server = TestServer.h1()
			.route("/accepted",
					(request, response) -> response
						.sendString(Mono.just(request.requestHeaders().getAll("Accept-Encoding").toString())))
			.start(this.network);
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/accepted"))).isEqualTo("[gzip]");
		assertThat(client.derive((http) -> http.compress(false)).fetch(server.url("/accepted"))).isEqualTo("[]");
	}

	private TestServer serving(Wire wire, String coding, byte[] body) {
		return wire.server()
			.route("/coded", (request, response) -> send(response, coding, body))
			.route("/bytes",
					(request, response) -> response.header("Content-Encoding", coding)
						.send(Flux.range(0, body.length).map((index) -> Unpooled.wrappedBuffer(body, index, 1)),
								(part) -> true))
			.start(this.network);
	}

	private static Mono<Void> send(HttpServerResponse response, String coding, byte[] body) {
		return response.header("Content-Encoding", coding)
			.header("Content-Length", String.valueOf(body.length))
			.sendObject(Unpooled.wrappedBuffer(body))
			.then();
	}

	private static String fetch(TestClient client, TestServer server, HttpHeaders headers) {
		TestResponse response = client.request("GET", server.url("/coded"))
			.response()
			.blockOptional(PATIENCE)
			.orElseThrow();
		response.headers().forEach((header) -> headers.add(header.getKey(), header.getValue()));
		return response.text();
	}

	private static WebClient webClient(TestClient client) {
		return client.webClient();
	}

	/** What all buffers take, of whichever allocator Netty chooses. */
	private static long memory() {
		return Stream.of(ByteBufAllocator.DEFAULT, PooledByteBufAllocator.DEFAULT)
			.distinct()
			.map((allocator) -> ((ByteBufAllocatorMetricProvider) allocator).metric())
			.mapToLong((metric) -> metric.usedDirectMemory() + metric.usedHeapMemory())
			.sum();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static byte[] gzip(String text) {
		return gzip(bytes(text));
	}

	private static byte[] gzip(byte[] content) {
		return written((bytes) -> new GZIPOutputStream(bytes), content);
	}

	private static byte[] deflate(byte[] content, boolean raw) {
		return written((bytes) -> new DeflaterOutputStream(bytes, new Deflater(6, raw)), content);
	}

	/** Zeros, as many megabytes. */
	private static byte[] bomb(int size) {
		return written((bytes) -> new GZIPOutputStream(bytes, 1 << 16), new byte[size * MB]);
	}

	private static byte[] written(Coder coder, byte[] content) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (OutputStream output = coder.to(bytes)) {
			output.write(content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	/** The beginning of what has no end. */
	private static byte[] flushed(String text) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try {
			GZIPOutputStream output = new GZIPOutputStream(bytes, true);
			output.write(bytes(text));
			output.flush();
			return bytes.toByteArray();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static byte[] joined(byte[]... parts) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			bytes.writeBytes(part);
		}
		return bytes.toByteArray();
	}

	/** Gzip with everything that its header may have. */
	private static byte[] embellished(byte[] content) {
		byte[] header = joined(new byte[] { 0x1f, (byte) 0x8b, 8, 0x1f, 0, 0, 0, 0, 0, 3, 4, 0 }, bytes("more"),
				bytes("name\0"), bytes("comment\0"));
		CRC32 check = new CRC32();
		check.update(header);
		byte[] gzip = gzip(content);
		return joined(header, new byte[] { (byte) check.getValue(), (byte) (check.getValue() >> 8) },
				Arrays.copyOfRange(gzip, 10, gzip.length));
	}

	private static byte[] changed(byte[] gzip, int fromEnd) {
		byte[] changed = gzip.clone();
		changed[gzip.length - fromEnd] ^= 1;
		return changed;
	}

	enum Coded {

		GZIP("gzip", (content) -> gzip(content)),

		X_GZIP("x-gzip", (content) -> gzip(content)),

		UPPER_CASE("GZIP", (content) -> gzip(content)),

		DEFLATE("deflate", (content) -> deflate(content, false)),

		RAW_DEFLATE("deflate", (content) -> deflate(content, true)),

		TWICE("gzip, gzip", (content) -> gzip(gzip(content))),

		TWO("deflate,gzip", (content) -> gzip(deflate(content, false))),

		IDENTITY("identity, gzip", (content) -> gzip(content)),

		MEMBERS("gzip",
				(content) -> joined(gzip(Arrays.copyOf(content, 1000)), gzip(new byte[0]),
						gzip(Arrays.copyOfRange(content, 1000, content.length)))),

		EMBELLISHED("gzip", (content) -> embellished(content));

		private final String header;

		private final UnaryOperator<byte[]> coder;

		Coded(String header, UnaryOperator<byte[]> coder) {
			this.header = header;
			this.coder = coder;
		}

		byte[] body() {
			return this.coder.apply(bytes(TEXT));
		}

	}

	enum Broken {

		NOT_CODED("gzip", "do not begin as gzip does", bytes("plain text")),

		TRUNCATED("gzip", "end early", Arrays.copyOf(gzip(TEXT), gzip(TEXT).length / 2)),

		WITHOUT_TRAILER("gzip", "end early", Arrays.copyOf(gzip(TEXT), gzip(TEXT).length - 8)),

		WITHIN_TRAILER("gzip", "end early", Arrays.copyOf(gzip(TEXT), gzip(TEXT).length - 1)),

		WITHIN_HEADER("gzip", "end early", Arrays.copyOf(gzip(TEXT), 5)),

		WRONG_CHECKSUM("gzip", "the checksum is wrong", changed(gzip(TEXT), 8)),

		WRONG_LENGTH("gzip", "the checksum is wrong", changed(gzip(TEXT), 4)),

		PADDED("gzip", "something follows", joined(gzip(TEXT), new byte[16])),

		GARBAGE("gzip", "something follows", joined(gzip(TEXT), bytes("garbage"))),

		HALF_A_MEMBER("gzip", "end early", joined(gzip(TEXT), Arrays.copyOf(gzip(TEXT), 30))),

		TRUNCATED_DEFLATE("deflate", "end early", Arrays.copyOf(deflate(bytes(TEXT), false), 40)),

		PADDED_DEFLATE("deflate", "something follows", joined(deflate(bytes(TEXT), false), new byte[1])),

		WRONG_DEFLATE("deflate", "incorrect data check", changed(deflate(bytes(TEXT), false), 1)),

		ONE_BYTE("deflate", "end early", new byte[] { 0x78 }),

		INNER_TRUNCATED("deflate, gzip", "end early", gzip(Arrays.copyOf(deflate(bytes(TEXT), false), 40)));

		private final String coding;

		private final String message;

		private final byte[] body;

		Broken(String coding, String message, byte[] body) {
			this.coding = coding;
			this.message = message;
			this.body = body;
		}

		byte[] body() {
			return this.body;
		}

	}

	@FunctionalInterface
	private interface Coder {

		OutputStream to(OutputStream bytes) throws IOException;

	}

	/** Reads what it is told to. */
	private static final class Reader extends BaseSubscriber<byte[]> {

		private final AtomicLong bytes = new AtomicLong();

		private final AtomicLong parts = new AtomicLong();

		private final Sinks.One<Long> end = Sinks.one();

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			// Asks for nothing yet.
		}

		@Override
		protected void hookOnNext(byte[] part) {
			this.bytes.addAndGet(part.length);
			this.parts.incrementAndGet();
		}

		@Override
		protected void hookOnComplete() {
			this.end.tryEmitValue(this.bytes.get());
		}

		@Override
		protected void hookOnError(Throwable error) {
			this.end.tryEmitError(error);
		}

	}

}
