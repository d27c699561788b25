package dev.connpool.behaviour;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.management.ThreadMXBean;
import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.ContentLengthException;
import dev.connpool.error.RedirectException;
import dev.connpool.error.RequestTimeoutException;
import dev.connpool.testing.CallingThread;
import dev.connpool.testing.Gate;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.StreamingHttpOutputMessage.Body;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.util.StreamUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * The thread that calls writes the body, as fast as the server takes it, and gets the
 * response whatever becomes of the rest (B16, B26, B34, B39, B50).
 */
class BlockingWritersIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Duration MOMENT = Duration.ofMillis(500);

	private static final int MB = 1 << 20;

	/** What a socket takes whose other end does not read, on any system. */
	private static final long SOCKET = 16L * MB;

	/** More than is sent as a whole, and less than any server takes unread. */
	private static final int BEGINNING = 20_000;

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	@RegisterExtension
	final Network network = new Network(Transport.BLOCKING);

	private final Gate gate = new Gate();

	// How it is sent

	@ParameterizedTest
	@EnumSource
	void aSmallBodyIsSentAsAWhole(Wire wire) throws IOException {
		TestServer server = reporting(wire).start(this.network);
		TestClient client = this.network.client(wire.settings());
		byte[] bytes = "small".getBytes(StandardCharsets.US_ASCII);
		assertThat(text(post(client, server.url("/report"), (output) -> {
			output.write(bytes, 0, 2);
			output.flush();
			for (int i = 2; i < bytes.length; i++) {
				output.write(bytes[i]);
			}
			output.close();
		}, Map.of()))).startsWith("5 bytes");
		assertThat(text(post(client, server.url("/report"), (output) -> {
			output.write(bytes);
			output.flush();
		}, Map.of()))).isEqualTo("5 bytes, length 5");
		assertThat(text(post(client, server.url("/report"), (output) -> {
		}, Map.of()))).isEqualTo("0 bytes, length 0");
	}

	@ParameterizedTest
	@EnumSource
	void aBodyIsSentAsItWasWritten(Wire wire) throws IOException {
		TestServer server = reporting(wire).start(this.network);
		TestClient client = this.network.client(wire.settings());
		// The server says so of streams, too.
		String expected = "length null chunked";
		for (int size : new int[] { 511, 512, 513, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 100_000, 3 * MB }) {
			byte[] bytes = bytes(size);
			String framed = (size <= 16 * 1024) ? "length " + size : expected;
			assertThat(text(post(client, server.url("/report"), (output) -> output.write(bytes), Map.of())))
				.isEqualTo("%d bytes, %s", size, framed);
			assertThat(text(post(client, server.url("/sum"), (output) -> inPieces(output, bytes), Map.of())))
				.isEqualTo(String.valueOf(Arrays.hashCode(bytes)));
			assertThat(text(post(client, server.url("/report"), (output) -> output.write(bytes),
					Map.of("Content-Length", String.valueOf(size)))))
				.isEqualTo("%d bytes, length %d", size, size);
		}
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void whatIsBufferedHasALength(Wire wire) throws IOException {
		TestServer server = reporting(wire).start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int size : new int[] { 0, 1, 255, 256, 257, 64 * 1024, 64 * 1024 + 1, 3 * MB }) {
			byte[] bytes = bytes(size);
			ClientHttpRequest request = request(client, server.url("/report"));
			inPieces(request.getBody(), bytes);
			assertThat(text(request.execute())).isEqualTo("%d bytes, length %d", size, size);
			ClientHttpRequest whole = request(client, server.url("/report"));
			((StreamingHttpOutputMessage) whole).setBody(bytes);
			assertThat(text(whole.execute())).isEqualTo("%d bytes, length %d", size, size);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aRequestIsExecutedOnce(Wire wire) throws IOException {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		ClientHttpRequest request = request(client, server.url("/hello"));
		request.execute().close();
		assertThatIllegalStateException().isThrownBy(request::execute);
		assertThatIllegalStateException().isThrownBy(request::getBody);
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> request.getHeaders().add("X-Late", "late"));
	}

	// Back pressure

	@ParameterizedTest
	@EnumSource
	void noMoreIsWrittenThanTheServerTakes(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").stopsReading().opens(this.gate);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).request(Duration.ofSeconds(5)));
		AtomicLong written = new AtomicLong();
		CallingThread thread = CallingThread.start(() -> post(client, server.url("/upload"), (output) -> {
			byte[] part = new byte[64 * 1024];
			while (true) {
				output.write(part);
				written.addAndGet(part.length);
			}
		}, Map.of()));
		thread.waits();
		long before = written.get();
		await().pollDelay(MOMENT).until(() -> true);
		assertThat(thread.isWaiting() || thread.isDone()).isTrue();
		assertThat(written.get()).isLessThan(SOCKET);
		assertThat(written.get() - before).isLessThan(SOCKET / 2);
		assertThat(thread.error()).isInstanceOf(RequestTimeoutException.class);
		assertThat(client).activeStreams(server, 0);
	}

	@ParameterizedTest
	@EnumSource
	void aLargeBodyIsWrittenToItsEnd(Wire wire) throws IOException {
		TestServer server = wire.server().upload("/upload").start(this.network);
		TestClient client = this.network.client(wire.settings());
		byte[] part = new byte[100_001];
		assertThat(text(post(client, server.url("/upload"), (output) -> {
			for (int i = 0; i < 300; i++) {
				output.write(part);
			}
		}, Map.of()))).isEqualTo(String.valueOf(300L * part.length));
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
	}

	// What is flushed does not wait for more than the next octet
	@ParameterizedTest
	@EnumSource
	void whatIsFlushedIsSent(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsForBody().answers();
		TestClient client = this.network.client(wire.settings());
		CallingThread thread = CallingThread.start(() -> text(post(client, server.url("/upload"), (output) -> {
			for (int i = 0; i < 3; i++) {
				output.write("part".getBytes(StandardCharsets.US_ASCII));
				output.flush();
			}
			this.gate.opened().block();
		}, Map.of())));
		await().atMost(PATIENCE).until(() -> server.log().bodyBytes() == 12);
		assertThat(thread.isDone()).isFalse();
		this.gate.open();
		assertThat(thread.result()).isEqualTo("scripted");
	}

	// A stream that is flushed after each event would cost a whole part for each
	@ParameterizedTest
	@EnumSource(names = "H1")
	void whatIsFlushedTakesNoMoreMemoryThanItNeeds(Wire wire) throws IOException {
		TestServer server = reporting(wire).start(this.network);
		TestClient client = this.network.client(wire.settings());
		int flushed = 2000;
		AtomicLong allocated = new AtomicLong();
		assertThat(text(post(client, server.url("/report"), (output) -> {
			long before = THREADS.getCurrentThreadAllocatedBytes();
			for (int i = 0; i < flushed; i++) {
				output.write("part".getBytes(StandardCharsets.US_ASCII));
				output.flush();
			}
			allocated.set(THREADS.getCurrentThreadAllocatedBytes() - before);
		}, Map.of()))).startsWith(4 * flushed + " bytes");
		assertThat(allocated.get() / flushed).isLessThan(4 * 1024);
	}

	// Answers that come early

	@ParameterizedTest
	@EnumSource
	void anAnswerThatComesEarlyIsDelivered(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").answers(413);
		TestClient client = this.network.client(wire.settings());
		for (boolean wraps : new boolean[] { false, true }) {
			AtomicInteger parts = new AtomicInteger();
			ClientHttpResponse response = post(client, server.url("/upload"), (output) -> {
				byte[] part = new byte[1024];
				try {
					while (true) {
						output.write(part);
						parts.incrementAndGet();
					}
				}
				catch (IOException ex) {
					if (wraps) {
						throw new UncheckedIOException(ex);
					}
					throw ex;
				}
			}, Map.of());
			assertThat(response.getStatusCode().value()).isEqualTo(413);
			assertThat(text(response)).isEqualTo("scripted");
			assertThat(parts.get()).isPositive();
			assertThat(client).activeStreams(server, 0).connections(server, 0, 0, wire.multiplexed() ? 1 : 0);
		}
	}

	// The server does not end its answer before it is read
	@ParameterizedTest
	@EnumSource
	void aRefusalIsDeliveredThatHasNotEnded(Wire wire) throws IOException {
		TestServer server = wire.server()
			.route("/upload", (request, response) -> response.status(400)
				.sendString(Mono.just("no").concatWith(this.gate.opened().thenReturn(" more")), StandardCharsets.UTF_8))
			.start(this.network);
		TestClient client = this.network.client(wire.settings());
		ClientHttpResponse response = post(client, server.url("/upload"), (output) -> {
			byte[] part = new byte[64 * 1024];
			while (true) {
				output.write(part);
			}
		}, Map.of());
		assertThat(response.getStatusCode().value()).isEqualTo(400);
		this.gate.open();
		response.close();
		assertThat(client).activeStreams(server, 0);
	}

	// Expect

	@ParameterizedTest
	@EnumSource
	void aBodyWaitsUntilItIsAskedFor(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsFor(this.gate).sendsInterim(100).waitsForBody().answers();
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).expectContinue(PATIENCE));
		for (int size : new int[] { 100, 200_000 }) {
			long before = server.log().bodyBytes();
			CallingThread thread = CallingThread.start(() -> text(post(client, server.url("/upload"),
					(output) -> output.write(bytes(size)), Map.of("Expect", "100-continue"))));
			if (size == 100) {
				await().during(MOMENT).until(() -> server.log().bodyBytes() == before);
			}
			this.gate.open();
			assertThat(thread.result()).isEqualTo("scripted");
			assertThat(server.log().bodyBytes() - before).isEqualTo(size);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aBodyThatIsRefusedIsNotSent(Wire wire) throws IOException {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").answers(417);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).expectContinue(PATIENCE));
		for (int size : new int[] { 100, 200_000 }) {
			try (ClientHttpResponse response = post(client, server.url("/upload"),
					(output) -> output.write(bytes(size)), Map.of("Expect", "100-continue"))) {
				assertThat(response.getStatusCode().value()).isEqualTo(417);
			}
		}
		assertThat(server.log().bodyBytes()).isZero();
	}

	// That fails

	@ParameterizedTest
	@EnumSource
	void whatABodyThrowsIsThrown(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsForBody().answers();
		TestClient client = this.network.client(wire.settings());
		for (int size : new int[] { 10, 200_000 }) {
			for (Throwable error : List.of(new IOException("mine"), new IllegalStateException("mine"),
					new NoClassDefFoundError("mine"))) {
				assertThatExceptionOfType(error.getClass())
					.isThrownBy(() -> post(client, server.url("/upload"), (output) -> {
						output.write(new byte[size]);
						throw sneaky(error);
					}, Map.of()))
					.isSameAs(error);
			}
		}
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, wire.multiplexed() ? 1 : 0);
		assertThat(client.fetch(server.url("/next"))).isNotEmpty();
		assertThat(server).processedRequest("POST", "/upload", 0);
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> E sneaky(Throwable error) throws E {
		throw (E) error;
	}

	@ParameterizedTest
	@EnumSource
	void aBodyOfAnotherLengthIsAnError(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsForBody().answers();
		TestClient client = this.network.client(wire.settings());
		for (int size : new int[] { 10, 200_000 }) {
			for (int stated : new int[] { size - 1, size + 1 }) {
				assertThatExceptionOfType(ContentLengthException.class)
					.isThrownBy(() -> post(client, server.url("/upload"), (output) -> output.write(new byte[size]),
							Map.of("Content-Length", String.valueOf(stated))));
			}
		}
		assertThat(client.fetch(server.url("/next"))).isNotEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void aServerThatCannotBeReachedEndsTheWriting(Wire wire) {
		TestClient client = this.network.client(wire.settings());
		assertThatExceptionOfType(ConnectionFailedException.class).isThrownBy(() -> post(client,
				"%s://%s:%d/".formatted(wire.scheme(), ObservedServer.HOST, LoopbackPort.free()), (output) -> {
					while (true) {
						output.write(new byte[1000]);
					}
				}, Map.of()));
	}

	// Redirects

	@ParameterizedTest
	@EnumSource
	void aBodyIsWrittenAgainAfterARedirectIfThatIsPossible(Wire wire) throws IOException {
		TestServer server = reporting(wire)
			.route("/moved",
					(request, response) -> request.receive()
						.then(response.status(307).header("Location", "/report").send()))
			.route("/seen",
					(request, response) -> request.receive()
						.then(response.status(303).header("Location", "/report").send()))
			.start(this.network);
		TestClient client = this.network.client(wire.settings())
			.derive((httpClient) -> httpClient.followRedirect(true));
		for (int size : new int[] { 10, 200_000 }) {
			String expected = size + " bytes, ";
			assertThat(text(post(client, server.url("/moved"), repeatable(size), Map.of()))).startsWith(expected);
			assertThat(text(post(client, server.url("/seen"), repeatable(size), Map.of()))).startsWith("0 bytes");
			assertThat(text(post(client, server.url("/seen"), (output) -> output.write(new byte[size]), Map.of())))
				.startsWith("0 bytes");
		}
		assertThat(text(post(client, server.url("/moved"), (output) -> output.write(new byte[10]), Map.of())))
			.startsWith("10 bytes");
		assertThatExceptionOfType(RedirectException.class)
			.isThrownBy(() -> post(client, server.url("/moved"), (output) -> output.write(new byte[200_000]), Map.of()))
			.withMessageContaining("307");
		assertThat(client).activeStreams(server, 0);
	}

	// The server goes on without what it has not been sent yet
	@ParameterizedTest
	@EnumSource
	void aBodyIsWrittenAgainThatWasRedirectedWhileItWasWritten(Wire wire) {
		Gate begun = new Gate();
		TestServer server = reporting(wire)
			.route("/moved",
					(request, response) -> begun.opened()
						.then(response.status(307).header("Location", "/arrived").send()))
			.route("/arrived", (request, response) -> {
				this.gate.open();
				return sum(request, response);
			})
			.start(this.network);
		TestClient client = this.network.client(wire.settings())
			.derive((httpClient) -> httpClient.followRedirect(true));
		byte[] bytes = bytes(200_000);
		AtomicInteger times = new AtomicInteger();
		CallingThread thread = CallingThread
			.start(() -> text(post(client, server.url("/moved"), waiting(bytes, times, begun), Map.of())));
		assertThat(thread.result()).isEqualTo(String.valueOf(Arrays.hashCode(bytes)));
		assertThat(times).hasValue(2);
		assertThat(client).activeStreams(server, 0);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.INCLUDE, names = { "H2", "H2C" })
	void aBodyIsWrittenAgainThatWasRefusedWhileItWasWritten(Wire wire) {
		Gate begun = new Gate();
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).waitsFor(begun).refusesStream();
		server.onRequest(2).opens(this.gate).waitsForBody().answers();
		TestClient client = this.network.client(wire.settings());
		AtomicInteger times = new AtomicInteger();
		CallingThread thread = CallingThread
			.start(() -> text(post(client, server.url("/upload"), waiting(bytes(200_000), times, begun), Map.of())));
		assertThat(thread.result()).isEqualTo("scripted");
		assertThat(times).hasValue(2);
		assertThat(client).activeStreams(server, 0);
	}

	// Not even when the request is sent again
	@ParameterizedTest
	@EnumSource
	void aHeaderThatIsSetAfterTheHeadWasSentIsNotSent(Wire wire) throws IOException {
		Gate begun = new Gate();
		TestServer server = wire.server()
			.route("/moved",
					(request, response) -> begun.opened().then(response.status(307).header("Location", "/late").send()))
			.route("/late", (request, response) -> request.receive()
				.then(response.sendString(Mono.just("early %s, late %s"
					.formatted(request.requestHeaders().get("X-Early"), request.requestHeaders().get("X-Late"))))
					.then()))
			.start(this.network);
		TestClient client = this.network.client(wire.settings())
			.derive((httpClient) -> httpClient.followRedirect(true));
		ClientHttpRequest request = request(client, server.url("/moved"));
		HttpHeaders headers = request.getHeaders();
		((StreamingHttpOutputMessage) request).setBody(repeatable((output) -> {
			headers.set("X-Early", "1");
			output.write(new byte[BEGINNING]);
			headers.set("X-Late", "1");
			begun.open();
		}));
		assertThat(text(request.execute())).isEqualTo("early 1, late null");
	}

	// The calls

	private static dev.connpool.testing.TestServerBuilder reporting(Wire wire) {
		return wire.server()
			.upload("/any")
			.route("/report",
					(request,
							response) -> request.receive()
								.map((part) -> (long) part.readableBytes())
								.reduce(0L, Long::sum)
								.flatMap((size) -> response
									.sendString(Mono.just("%d bytes, length %s%s".formatted(size,
											request.requestHeaders().get("Content-Length"),
											request.requestHeaders().contains("Transfer-Encoding") ? " chunked" : "")))
									.then()))
			.route("/sum", BlockingWritersIntegrationTests::sum);
	}

	private static Mono<Void> sum(HttpServerRequest request, HttpServerResponse response) {
		return request.receive()
			.aggregate()
			.asByteArray()
			.flatMap((all) -> response.sendString(Mono.just(String.valueOf(Arrays.hashCode(all)))).then());
	}

	private static ClientHttpRequest request(TestClient client, String url) throws IOException {
		return client.requestFactory().createRequest(URI.create(url), HttpMethod.POST);
	}

	private static ClientHttpResponse post(TestClient client, String url, Body body, Map<String, String> headers)
			throws IOException {
		ClientHttpRequest request = request(client, url);
		HttpHeaders all = request.getHeaders();
		headers.forEach(all::add);
		((StreamingHttpOutputMessage) request).setBody(body);
		return request.execute();
	}

	private static String text(ClientHttpResponse response) throws IOException {
		try (response) {
			return StreamUtils.copyToString(response.getBody(), StandardCharsets.UTF_8);
		}
	}

	private static byte[] bytes(int size) {
		byte[] bytes = new byte[size];
		for (int i = 0; i < size; i++) {
			bytes[i] = (byte) (i * 7 + (i >> 9));
		}
		return bytes;
	}

	private static void inPieces(OutputStream output, byte[] bytes) throws IOException {
		int written = 0;
		for (int piece = 1; written < bytes.length; piece = piece * 3 % 9973) {
			int count = Math.min(piece, bytes.length - written);
			output.write(bytes, written, count);
			written += count;
			if (written < bytes.length) {
				output.write(bytes[written++]);
			}
		}
	}

	private static Body repeatable(int size) {
		return repeatable((output) -> output.write(new byte[size]));
	}

	private Body waiting(byte[] bytes, AtomicInteger times, Gate begun) {
		return repeatable((output) -> {
			times.incrementAndGet();
			output.write(bytes, 0, BEGINNING);
			begun.open();
			this.gate.await();
			output.write(bytes, BEGINNING, bytes.length - BEGINNING);
		});
	}

	private static Body repeatable(Body body) {
		return new Body() {

			@Override
			public void writeTo(OutputStream outputStream) throws IOException {
				body.writeTo(outputStream);
			}

			@Override
			public boolean repeatable() {
				return true;
			}

		};
	}

}
