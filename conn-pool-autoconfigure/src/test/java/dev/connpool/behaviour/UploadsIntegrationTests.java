package dev.connpool.behaviour;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.connpool.error.ConnectionLostException;
import dev.connpool.error.ExchangeFailedException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.web.reactive.function.client.ClientRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The body of a request arrives as it was written, and whatever goes wrong with it is
 * told and leaves nothing behind.
 */
@Transport.Each
class UploadsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(4);

	private static final int PARTS = 600;

	private static final int ROUNDS = 5;

	@RegisterExtension
	final Network network;

	UploadsIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	// From another thread

	// What was not asked for waits, and comes on the thread that asks for it
	@ParameterizedTest
	@EnumSource
	void partsFromAnotherThreadKeepTheirOrder(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int round = 0; round < ROUNDS; round++) {
			assertThat(echoed(client, server, (request) -> request.writeWith(elsewhere(request)))).isEqualTo(sent());
		}
	}

	@ParameterizedTest
	@EnumSource
	void partsOfASinkKeepTheirOrder(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int round = 0; round < ROUNDS; round++) {
			Sinks.Many<Integer> sink = Sinks.many().unicast().onBackpressureBuffer();
			assertThat(echoed(client, server, (request) -> {
				elsewhere(() -> {
					for (int number = 0; number < PARTS; number++) {
						sink.tryEmitNext(number).orThrow();
					}
					sink.tryEmitComplete().orThrow();
				});
				return request.writeWith(sink.asFlux().map((number) -> buffer(request, part(number))));
			})).isEqualTo(sent());
		}
	}

	@ParameterizedTest
	@EnumSource
	void groupsFromAnotherThreadKeepTheirOrder(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int round = 0; round < ROUNDS; round++) {
			assertThat(
					echoed(client, server, (request) -> request.writeAndFlushWith(elsewhere(request).map(Flux::just))))
				.isEqualTo(sent());
		}
	}

	@ParameterizedTest
	@EnumSource
	void aGroupFromAnotherThreadKeepsItsOrder(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int round = 0; round < ROUNDS; round++) {
			assertThat(echoed(client, server, (request) -> request.writeAndFlushWith(Mono.just(elsewhere(request)))))
				.isEqualTo(sent());
		}
	}

	@ParameterizedTest
	@EnumSource
	void linesOfJsonKeepTheirOrder(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(wire.settings());
		String lines = IntStream.range(0, PARTS).mapToObj("{\"number\":%d}\n"::formatted).collect(Collectors.joining());
		for (int round = 0; round < ROUNDS; round++) {
			assertThat(client.webClient()
				.post()
				.uri(server.url("/echo"))
				.contentType(MediaType.APPLICATION_NDJSON)
				.body(elsewhere().map(Line::new), Line.class)
				.retrieve()
				.bodyToMono(String.class)
				.block(PATIENCE)).isEqualTo(lines);
		}
	}

	// Deadlines and the endpoint go by how far the request is, on its event loop
	@ParameterizedTest
	@EnumSource
	void whatIsDoneBeforeTheHeadMayEndOnAnotherThread(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int round = 0; round < ROUNDS; round++) {
			assertThat(echoed(client, server, (request) -> {
				request.beforeCommit(() -> Mono.create((done) -> elsewhere(done::success)));
				return request.writeWith(Mono.just(buffer(request, "value")));
			})).isEqualTo("value");
			assertThat(echoed(client, server, (request) -> {
				request.beforeCommit(() -> Mono.create((done) -> elsewhere(done::success)));
				return request.setComplete();
			})).isEqualTo("null");
		}
	}

	// Without content

	// Servers take many empty DATA frames for a flood
	@ParameterizedTest
	@EnumSource
	void partsWithoutContentDoNoHarm(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(wire.settings());
		assertThat(echoed(client, server,
				(request) -> request.writeWith(Flux.range(0, PARTS)
					.map((number) -> buffer(request, (number % 100 == 0) ? part(number) : "")))))
			.isEqualTo("0;100;200;300;400;500;");
		assertThat(client).connections(server, 0, 0, 1);
	}

	private static Flux<DataBuffer> elsewhere(ClientHttpRequest request) {
		return elsewhere().map((number) -> buffer(request, part(number)));
	}

	private static Flux<Integer> elsewhere() {
		return Flux.create((sink) -> elsewhere(() -> emit(sink)));
	}

	private static void emit(FluxSink<Integer> sink) {
		for (int number = 0; number < PARTS; number++) {
			sink.next(number);
		}
		sink.complete();
	}

	private static void elsewhere(Runnable task) {
		Thread thread = new Thread(task, "producer");
		thread.setDaemon(true);
		thread.start();
	}

	private static String part(int number) {
		return "%d;".formatted(number);
	}

	private static String sent() {
		return IntStream.range(0, PARTS).mapToObj(UploadsIntegrationTests::part).collect(Collectors.joining());
	}

	private static String echoed(TestClient client, ObservedServer server,
			Function<ClientHttpRequest, Mono<Void>> callback) {
		return String
			.valueOf(connect(client, server, "/echo", callback).flatMap(UploadsIntegrationTests::text).block(PATIENCE));
	}

	// That fail

	@ParameterizedTest
	@EnumSource
	void whoReadsTheResponseIsToldThatTheUploadFailed(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onEveryRequest().sendsHeader().sends("begun");
		TestClient client = this.network.client(wire.settings());
		for (Throwable error : List.of(new IOException("no more"), new IllegalStateException("no more"),
				new NoClassDefFoundError("no more"))) {
			Sinks.Many<String> upload = Sinks.many().unicast().onBackpressureBuffer();
			upload.tryEmitNext("begun").orThrow();
			List<String> read = new CopyOnWriteArrayList<>();
			AtomicReference<Throwable> told = new AtomicReference<>();
			connect(client, server, "/upload",
					(request) -> request.writeWith(upload.asFlux().map((text) -> buffer(request, text))))
				.flatMapMany((response) -> response.getBody().map(UploadsIntegrationTests::text))
				.subscribe(read::add, told::set, () -> told.set(new AssertionError("completed")));
			await().atMost(PATIENCE).until(() -> read.equals(List.of("begun")));
			upload.tryEmitError(error).orThrow();
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(told.get()).hasStackTraceContaining("no more"));
			assertThat(client).activeStreams(server, 0).connections(server, 0, 0, wire.multiplexed() ? 1 : 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void anErrorThatAPublisherThrowsIsTold(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = this.network.client(wire.settings());
		List<Function<ClientHttpRequest, Mono<Void>>> callbacks = List.of(
				(request) -> request.writeWith(throwing(request)),
				(request) -> request.writeAndFlushWith(throwing(request).map(Mono::just)),
				(request) -> request.writeAndFlushWith(Flux.just(throwing(request))),
				(request) -> request.writeAndFlushWith(
						Flux.just(Flux.just(buffer(request, "begun")), Flux.defer(UploadsIntegrationTests::missing))));
		for (Function<ClientHttpRequest, Mono<Void>> callback : callbacks) {
			Failure failure = Failure.of(connect(client, server, "/upload", callback).timeout(PATIENCE));
			assertThat(failure.error()).isInstanceOf(ExchangeFailedException.class)
				.hasCauseInstanceOf(NoClassDefFoundError.class);
			assertThat(client).activeStreams(server, 0).connections(server, 0, 0, wire.multiplexed() ? 1 : 0);
		}
	}

	// Reactor throws it out of the completion of what was written, which Netty calls
	@ParameterizedTest
	@EnumSource
	void anErrorAfterTheBodyIsTold(Wire wire) {
		this.network.isFor(Transport.DIRECT);
		ScriptedServer server = this.network.scripted(wire);
		server.onEveryRequest().waitsFor(new Gate());
		TestClient client = this.network.client(wire.settings());
		List<Throwable> errors = List.of(new IllegalStateException("after"), new NoClassDefFoundError("after"),
				new StackOverflowError("after"));
		for (Throwable error : errors) {
			Failure failure = Failure.of(connect(client, server, "/upload",
					(request) -> request.writeWith(Mono.just(buffer(request, "value"))).then(Mono.error(error)))
				.timeout(PATIENCE));
			assertThat(failure.error()).isNotInstanceOf(TimeoutException.class).hasStackTraceContaining("after");
			assertThat(client).activeStreams(server, 0).connections(server, 0, 0, wire.multiplexed() ? 1 : 0);
		}
	}

	// Spring states the length of a body that comes as a whole beside it
	@ParameterizedTest
	@EnumSource
	void aWholeBodyMayBeStatedAsChunked(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(wire.settings());
		assertThat(client.webClient()
			.post()
			.uri(server.url("/echo"))
			.header("Transfer-Encoding", "chunked")
			.bodyValue("value")
			.retrieve()
			.bodyToMono(String.class)
			.block(PATIENCE)).isEqualTo("value");
	}

	private static Flux<DataBuffer> throwing(ClientHttpRequest request) {
		return Flux.range(0, 3).map((number) -> (number == 0) ? buffer(request, "begun") : missing());
	}

	private static <T> T missing() {
		throw new NoClassDefFoundError("missing");
	}

	@ParameterizedTest
	@EnumSource
	void aMissingFileIsToldAsWhatItIs(Wire wire, @TempDir Path directory) {
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = this.network.client(wire.settings());
		Failure failure = Failure.of(connect(client, server, "/upload",
				(request) -> ((ZeroCopyHttpOutputMessage) request).writeWith(directory.resolve("nowhere"), 0, 100))
			.timeout(PATIENCE));
		assertThat(failure.error()).isNotInstanceOf(ConnectionLostException.class)
			.isInstanceOf(IOException.class)
			.hasStackTraceContaining("nowhere");
		assertThat(client).activeStreams(server, 0);
		assertThat(client.fetch(server.url("/next"))).isNotEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void aFileThatIsShorterThanStatedIsToldAsWhatItIs(Wire wire, @TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("short"), "short");
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = this.network.client(wire.settings());
		Failure failure = Failure.of(connect(client, server, "/upload",
				(request) -> ((ZeroCopyHttpOutputMessage) request).writeWith(file, 0, 100))
			.timeout(PATIENCE));
		assertThat(failure.error()).isNotInstanceOf(ConnectionLostException.class).isInstanceOf(IOException.class);
		assertThat(client).activeStreams(server, 0);
		assertThat(client.fetch(server.url("/next"))).isNotEmpty();
	}

	// What Reactor Netty reads of a file by itself
	@ParameterizedTest
	@EnumSource
	void aFileThatEndsEarlyKeepsNoEventLoopBusy(Wire wire, @TempDir Path directory) throws IOException {
		this.network.isFor(Transport.REACTOR_NETTY);
		Path file = Files.writeString(directory.resolve("short"), "short");
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = this.network.client(wire.settings());
		Failure failure = Failure.of(client.httpClient()
			.post()
			.uri(server.url("/upload"))
			.send((request, outbound) -> outbound.sendFile(file, 0, 100))
			.response()
			.timeout(PATIENCE));
		assertThat(failure.error()).isInstanceOf(IOException.class);
		assertThat(client).activeStreams(server, 0);
		assertThat(client.fetch(server.url("/next"))).isNotEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void aCookieThatCannotBeSentIsTold(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = this.network.client(wire.settings());
		Failure failure = Failure.of(client.webClient()
			.post()
			.uri(server.url("/upload"))
			.cookie("a", "b c")
			.bodyValue("value")
			.retrieve()
			.toBodilessEntity()
			.timeout(PATIENCE));
		assertThat(failure.error()).hasRootCauseInstanceOf(IllegalArgumentException.class);
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, wire.multiplexed() ? 1 : 0);
	}

	@ParameterizedTest
	@EnumSource
	void aBufferThatIsNotSentIsReleased(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = this.network.client(wire.settings());
		AtomicReference<ByteBuf> kept = new AtomicReference<>();
		Failure failure = Failure.of(connect(client, server, "/upload", (request) -> {
			request.getCookies().add("a", new HttpCookie("a", "b c"));
			DataBuffer buffer = request.bufferFactory()
				.allocateBuffer(16)
				.write("value".getBytes(StandardCharsets.UTF_8));
			kept.set(NettyDataBufferFactory.toByteBuf(buffer));
			return request.writeWith(Mono.just(buffer).doOnDiscard(DataBuffer.class, DataBufferUtils::release));
		}).timeout(PATIENCE));
		assertThat(failure.error()).isInstanceOf(IllegalArgumentException.class);
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(kept.get().refCnt()).isZero());
	}

	// That are not needed any more

	@ParameterizedTest
	@EnumSource
	void aSubscriptionMayThrowWhenItIsCancelled(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").answers("early");
		TestClient client = this.network.client(wire.settings());
		for (Throwable thrown : List.of(new IllegalStateException("thrown"), new NoClassDefFoundError("thrown"))) {
			AtomicBoolean cancelled = new AtomicBoolean();
			assertThat(connect(client, server, "/upload",
					(request) -> request.writeWith(unwilling(request, cancelled, thrown)))
				.flatMap(UploadsIntegrationTests::text)
				.block(PATIENCE)).isEqualTo("early");
			await().atMost(PATIENCE).untilTrue(cancelled);
			assertThat(client).activeStreams(server, 0).connections(server, 0, 0, wire.multiplexed() ? 1 : 0);
		}
		assertThat(client.fetch(server.url("/next"))).isNotEmpty();
	}

	private static Flux<DataBuffer> unwilling(ClientHttpRequest request, AtomicBoolean cancelled, Throwable thrown) {
		return Flux.from((subscriber) -> subscriber.onSubscribe(new Subscription() {

			private boolean begun;

			@Override
			public void request(long n) {
				if (!this.begun) {
					this.begun = true;
					subscriber.onNext(buffer(request, "begun"));
				}
			}

			@Override
			public void cancel() {
				cancelled.set(true);
				UploadsIntegrationTests.<RuntimeException>sneakyThrow(thrown);
			}

		}));
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	private static <E extends Throwable> void sneakyThrow(Throwable thrown) throws E {
		throw (E) thrown;
	}

	@ParameterizedTest
	@EnumSource
	void whatIsDoneFinallyIsDoneWhenTheResponseEndsFirst(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").answers("early");
		TestClient client = this.network.client(wire.settings());
		List<SignalType> body = new CopyOnWriteArrayList<>();
		List<SignalType> written = new CopyOnWriteArrayList<>();
		Flux<String> parts = Flux.just("begun").concatWith(Mono.never()).doFinally(body::add);
		assertThat(
				client.webClient()
					.mutate()
					.filter((request, next) -> next.exchange(ClientRequest.from(request)
						.body((message, context) -> request.body().insert(message, context).doFinally(written::add))
						.build()))
					.build()
					.post()
					.uri(server.url("/upload"))
					.body(parts, String.class)
					.retrieve()
					.bodyToMono(String.class)
					.block(PATIENCE))
			.isEqualTo("early");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(body).hasSize(1));
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(written).hasSize(1));
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, wire.multiplexed() ? 1 : 0);
	}

	private static Mono<ClientHttpResponse> connect(TestClient client, ObservedServer server, String path,
			Function<? super ClientHttpRequest, Mono<Void>> callback) {
		return client.connector().connect(HttpMethod.POST, URI.create(server.url(path)), callback);
	}

	private static DataBuffer buffer(ClientHttpRequest request, String text) {
		return request.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static Mono<String> text(ClientHttpResponse response) {
		return DataBufferUtils.join(response.getBody()).map(UploadsIntegrationTests::text);
	}

	private static String text(DataBuffer buffer) {
		String text = buffer.toString(StandardCharsets.UTF_8);
		DataBufferUtils.release(buffer);
		return text;
	}

	/**
	 * A line of JSON.
	 *
	 * @param number its number
	 */
	record Line(int number) {

	}

}
