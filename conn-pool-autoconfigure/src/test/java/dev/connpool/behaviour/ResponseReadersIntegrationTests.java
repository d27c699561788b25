package dev.connpool.behaviour;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.connpool.error.StreamIdleTimeoutException;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawFrame;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.timeout.ReadTimeoutException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Who reads a response may be slow, throw or give up, and is told the truth.
 */
@Transport.Each
class ResponseReadersIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration DEADLINE = Duration.ofSeconds(1);

	@RegisterExtension
	final Network network;

	private final Gate gate = new Gate();

	ResponseReadersIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	// On Reactor Netty what a reader throws reaches nobody
	@ParameterizedTest
	@EnumSource
	void aReaderThatThrowsIsToldNoCompletion(Wire wire) {
		this.network.isFor(Transport.DIRECT);
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = this.network.client(wire.settings());
		ClientHttpResponse response = Objects.requireNonNull(client.connector()
			.connect(HttpMethod.GET, URI.create(server.url("/whole")), ClientHttpRequest::setComplete)
			.block(PATIENCE));
		assertThat(client).hasReadAll(server);
		ThrowingReader reader = new ThrowingReader();
		response.getBody().subscribe(reader);
		reader.subscription().request(Long.MAX_VALUE);
		await().until(() -> !reader.told.isEmpty());
		assertThat(client).activeStreams(server, 0);
		assertThat(client.fetch(server.url("/next"))).isNotEmpty();
		assertThat(reader.told).singleElement().asString().contains("LinkageError");
	}

	// Slow readers

	@ParameterizedTest
	@EnumSource
	void aSlowReaderDoesNotMakeAnEventStreamLate(Wire wire) {
		TestServer server = parts(wire, "text/event-stream");
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).streamIdle(DEADLINE));
		assertSlowReader(client, server, StreamIdleTimeoutException.class);
	}

	// Reactor Netty counts all of the time
	@ParameterizedTest
	@EnumSource
	void aSlowReaderDoesNotTripTheReadTimeout(Wire wire) {
		this.network.isFor(Transport.DIRECT);
		TestServer server = parts(wire, "text/plain");
		TestClient client = this.network.client(wire.settings())
			.derive((httpClient) -> httpClient.responseTimeout(DEADLINE));
		assertSlowReader(client, server, ReadTimeoutException.class);
	}

	private TestServer parts(Wire wire, String type) {
		return wire.server()
			.stream("/parts", type,
					Flux.just("one").concatWith(this.gate.opened().thenReturn("two")).concatWith(Mono.never()))
			.start(this.network);
	}

	// It works for almost twice as long as the server may be silent
	private void assertSlowReader(TestClient client, TestServer server, Class<? extends Throwable> late) {
		SlowReader reader = new SlowReader();
		client.connector()
			.connect(HttpMethod.GET, URI.create(server.url("/parts")), ClientHttpRequest::setComplete)
			.flatMapMany(ClientHttpResponse::getBody)
			.map(ResponseReadersIntegrationTests::text)
			.subscribe(reader);
		reader.request(1);
		await().until(() -> reader.parts.equals(List.of("one")));
		Duration work = DEADLINE.multipliedBy(7).dividedBy(4);
		await().pollDelay(work).until(() -> true);
		assertThat(reader.error.get()).isNull();
		reader.request(1);
		Duration pause = DEADLINE.dividedBy(2);
		await().pollDelay(pause).until(() -> true);
		this.gate.open();
		await().until(() -> reader.parts.equals(List.of("one", "two")) || reader.error.get() != null);
		assertThat(reader.error.get()).isNull();
		await().pollDelay(work).until(() -> true);
		assertThat(reader.error.get()).isNull();
		reader.request(1);
		long asked = System.nanoTime();
		await().until(() -> reader.error.get() != null);
		assertThat(reader.error.get()).isInstanceOf(late);
		assertThat(Duration.ofNanos(System.nanoTime() - asked)).isBetween(DEADLINE.multipliedBy(9).dividedBy(10),
				DEADLINE.multipliedBy(4));
	}

	private static String text(DataBuffer part) {
		String text = part.toString(StandardCharsets.UTF_8);
		DataBufferUtils.release(part);
		return text;
	}

	// Giving up

	// END_STREAM may come later, in a frame of its own
	@ParameterizedTest
	@CsvSource({ "HEAD, 200, 5", "GET, 200, 0", "GET, 204,", "GET, 304," })
	void aStreamWithoutContentIsLetGoOfAtOnce(String method, String status, String length) {
		AtomicInteger reset = new AtomicInteger(-1);
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2("");
			RawFrame frame = connection.readFrame();
			while (frame.type() != RawFrame.RST_STREAM) {
				if (frame.type() == RawFrame.SETTINGS && !frame.has(RawFrame.ACK)) {
					connection.write(RawFrame.of(RawFrame.SETTINGS, RawFrame.ACK, 0, ""));
				}
				if (frame.type() == RawFrame.HEADERS) {
					connection.write((length != null)
							? RawFrame.headers(frame.stream(), 0, ":status", status, "content-length", length)
							: RawFrame.headers(frame.stream(), 0, ":status", status));
				}
				frame = connection.readFrame();
			}
			reset.set(frame.errorCode());
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		Gate answered = new Gate();
		Disposable call = client.webClient()
			.method(HttpMethod.valueOf(method))
			.uri(server.url("/empty"))
			.exchangeToMono((response) -> {
				answered.open();
				return Mono.never();
			})
			.subscribe();
		answered.await();
		assertThat(client).activeStreams(server, 1);
		call.dispose();
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
		await().untilAsserted(() -> assertThat(reset.get()).isEqualTo((int) Http2Error.CANCEL.code()));
	}

	/**
	 * Reads as much as it is told to.
	 */
	private static final class SlowReader extends BaseSubscriber<String> {

		private final List<String> parts = new CopyOnWriteArrayList<>();

		private final AtomicReference<Throwable> error = new AtomicReference<>();

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			// Asks when it is told to.
		}

		@Override
		protected void hookOnNext(String part) {
			this.parts.add(part);
		}

		@Override
		protected void hookOnError(Throwable error) {
			this.error.set(error);
		}

	}

	/**
	 * Throws what Reactor takes for fatal.
	 */
	private static final class ThrowingReader implements CoreSubscriber<DataBuffer> {

		private final List<Object> told = new CopyOnWriteArrayList<>();

		private final AtomicReference<Subscription> subscription = new AtomicReference<>();

		Subscription subscription() {
			return Objects.requireNonNull(this.subscription.get());
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription.set(subscription);
		}

		@Override
		public void onNext(DataBuffer part) {
			DataBufferUtils.release(part);
			throw new LinkageError("thrown by the reader");
		}

		@Override
		public void onError(Throwable error) {
			this.told.add(error);
		}

		@Override
		public void onComplete() {
			this.told.add("completed");
		}

	}

}
