package dev.connpool.behaviour;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.connector.DirectConnector;
import dev.connpool.error.ClientClosedException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Sinks;
import reactor.netty.resources.LoopResources;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whoever reads or writes on event loops that are stopped under it is told, and leaves
 * nothing behind (N1). A container may stop what it shares before what shares it.
 */
class StoppedEventLoopsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@RegisterExtension
	final Network network = new Network();

	private final LoopResources loops = LoopResources.create("stopped", 1, true);

	private final Reader reader = new Reader();

	@ParameterizedTest
	@CsvSource({ "H1, 0", "H1_TLS, 0", "H2C, 0", "H1, 1", "H1_TLS, 1", "H2C, 1" })
	void whoReadsIsTold(Wire wire, int demand) {
		ClientHttpResponse response = begun(wire);
		response.getBody().subscribe(this.reader);
		if (demand > 0) {
			this.reader.request(demand);
			await().until(() -> this.reader.told.contains("part"));
		}
		stop();
		this.reader.request(1);
		await().until(() -> this.reader.told.stream().anyMatch(ClientClosedException.class::isInstance));
		this.reader.cancel();
		assertThat(this.reader.told).doesNotContain("completed").filteredOn(Throwable.class::isInstance).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void whoComesLaterIsTold(Wire wire) {
		ClientHttpResponse response = begun(wire);
		stop();
		Failure failure = Failure
			.of(response.getBody().doOnNext(DataBufferUtils::release).then(Mono.just("completed")).timeout(PATIENCE));
		assertThat(failure.error()).isInstanceOf(ClientClosedException.class);
	}

	@ParameterizedTest
	@EnumSource
	void whatIsNotReadIsReleased(Wire wire) {
		ClientHttpResponse response = begun(wire);
		stop();
		response.getBody().subscribe(this.reader);
		this.reader.cancel();
	}

	// Nothing is left to be told by the event loop
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whatHadArrivedIsReleased(boolean cancelled) {
		RawServer server = RawServer.answering(this.network, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole");
		ClientHttpResponse response = Objects.requireNonNull(connector(Wire.H1)
			.connect(HttpMethod.GET, URI.create(server.url("/whole")), ClientHttpRequest::setComplete)
			.block(PATIENCE));
		await().pollDelay(Duration.ofMillis(200)).until(() -> true);
		stop();
		response.getBody().subscribe(this.reader);
		if (cancelled) {
			this.reader.cancel();
		}
		else {
			this.reader.request(1);
			await().until(() -> !this.reader.told.isEmpty());
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatStillComesOfAnUploadIsReleased(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		Sinks.Many<DataBuffer> upload = Sinks.many().multicast().directBestEffort();
		AtomicBoolean ended = new AtomicBoolean();
		AtomicBoolean told = new AtomicBoolean();
		connector(wire)
			.connect(HttpMethod.POST, URI.create(server.url("/echo")),
					(request) -> request.writeWith(upload.asFlux().doFinally((signal) -> ended.set(true))))
			.subscribe((response) -> {
			}, (error) -> told.set(error instanceof ClientClosedException));
		await().until(() -> upload.currentSubscriberCount() == 1);
		upload.tryEmitNext(buffer()).orThrow();
		stop();
		await().untilTrue(told);
		await().untilTrue(ended);
	}

	// That takes no notice of being cancelled
	@ParameterizedTest
	@EnumSource
	void whatAStubbornSourceStillSendsIsReleased(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		Source source = new Source();
		connector(wire)
			.connect(HttpMethod.POST, URI.create(server.url("/echo")), (request) -> request.writeWith(source))
			.subscribe((response) -> {
			}, (error) -> this.reader.told.add(error));
		await().until(() -> source.subscriber != null);
		stop();
		await().until(() -> !this.reader.told.isEmpty());
		DataBuffer late = buffer();
		ByteBuf kept = NettyDataBufferFactory.toByteBuf(late);
		Objects.requireNonNull(source.subscriber).onNext(late);
		Objects.requireNonNull(source.subscriber).onComplete();
		assertThat(kept.refCnt()).isZero();
	}

	private static DataBuffer buffer() {
		return new NettyDataBufferFactory(ByteBufAllocator.DEFAULT).allocateBuffer(16).write(new byte[] { 1 });
	}

	private ClientHttpResponse begun(Wire wire) {
		TestServer server = wire.server()
			.stream("/parts", "text/plain", Flux.just("one", "two", "three").concatWith(Flux.never()))
			.start(this.network);
		return Objects.requireNonNull(connector(wire)
			.connect(HttpMethod.GET, URI.create(server.url("/parts")), ClientHttpRequest::setComplete)
			.block(PATIENCE));
	}

	private DirectConnector connector(Wire wire) {
		return new DirectConnector(
				new PooledHttpClient(TestClient.NAME, wire.settings().apply(new TestSettings()).build(),
						TestCertificate.LOOPBACK.trusted(), this.loops)
					.httpClient());
	}

	private void stop() {
		this.loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
	}

	/**
	 * Reads as much as it is told to.
	 */
	private static final class Reader extends BaseSubscriber<DataBuffer> {

		private final List<Object> told = new CopyOnWriteArrayList<>();

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			// Asks when it is told to.
		}

		@Override
		protected void hookOnNext(DataBuffer part) {
			DataBufferUtils.release(part);
			this.told.add("part");
		}

		@Override
		protected void hookOnError(Throwable error) {
			this.told.add(error);
		}

		@Override
		protected void hookOnComplete() {
			this.told.add("completed");
		}

	}

	/**
	 * Sends what it likes.
	 */
	private static final class Source implements Publisher<DataBuffer> {

		private volatile @Nullable Subscriber<? super DataBuffer> subscriber;

		@Override
		public void subscribe(Subscriber<? super DataBuffer> subscriber) {
			subscriber.onSubscribe(Operators.emptySubscription());
			this.subscriber = subscriber;
		}

	}

}
