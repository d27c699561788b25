package dev.connpool.behaviour;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.connpool.error.ConnectionLostException;
import dev.connpool.error.RequestTimeoutException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * With {@code Expect: 100-continue} the body of a request waits for its server (B16).
 */
@Transport.Each
@Execution(ExecutionMode.CONCURRENT)
class ExpectContinueIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration MOMENT = Duration.ofMillis(300);

	private static final String PART = "x".repeat(1000);

	private static final int PARTS = 100;

	private static final long LENGTH = PART.length() * PARTS;

	@RegisterExtension
	final Network network;

	private final Gate gate = new Gate();

	ExpectContinueIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@MethodSource("everything")
	void theBodyIsNotSentBeforeTheServerAsksForIt(Wire wire, Body body) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").sendsInterim(103).waitsFor(this.gate).sendsInterim(100).waitsForBody().answers();
		TestClient client = client(wire, (settings) -> settings.expectContinue(PATIENCE));
		for (int round = 1; round <= 3; round++) {
			Mono<String> call = upload(client, server, body).cache();
			call.subscribe();
			if (round == 1) {
				assertThat(server).receivedRequest("POST", "/upload", 1);
				await().during(MOMENT).until(() -> server.log().bodyBytes() == 0);
				this.gate.open();
			}
			assertThat(call.block(PATIENCE)).isEqualTo("200 scripted");
			assertThat(server.log().bodyBytes()).isEqualTo(round * LENGTH);
			assertThat(client.fetch(server.url("/other"))).isEqualTo("scripted");
		}
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@MethodSource("everything")
	void aRefusedBodyIsNotSent(Wire wire, Body body) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").answers(417);
		TestClient client = client(wire, (settings) -> settings.expectContinue(PATIENCE));
		assertThat(upload(client, server, body).block(PATIENCE)).isEqualTo("417 scripted");
		if (wire.multiplexed()) {
			assertThat(server).receivedReset(Http2Error.CANCEL, 1).openStreams(0).openConnections(1);
			assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
		}
		else {
			assertThat(server).settlesAt(0);
			assertThat(client).holdsNothing();
			assertThat(client.host(server).counters().closedByReason()).isEqualTo(Map.of("keep-alive-off", 1L));
		}
		assertThat(server.log().bodyBytes()).isZero();
		assertThat(client.fetch(server.url("/other"))).isEqualTo("scripted");
	}

	// The header is there, the body of the response is not
	@ParameterizedTest
	@MethodSource("everything")
	void theResponseToARefusedBodyArrivesWhole(Wire wire, Body body) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").sendsHeader().sends("no ").waitsFor(this.gate).sends("thanks").ends();
		TestClient client = client(wire, (settings) -> settings.expectContinue(MOMENT));
		Mono<String> call = upload(client, server, body).cache();
		call.subscribe();
		assertThat(server).receivedRequest("POST", "/upload", 1);
		await().during(MOMENT.multipliedBy(2)).until(() -> server.log().bodyBytes() == 0);
		this.gate.open();
		assertThat(call.block(PATIENCE)).isEqualTo("200 no thanks");
		assertThat(server.log().bodyBytes()).isZero();
	}

	@ParameterizedTest
	@MethodSource("everything")
	void theBodyIsSentIfTheServerSaysNothing(Wire wire, Body body) {
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = client(wire, (settings) -> settings.expectContinue(MOMENT));
		long start = System.nanoTime();
		assertThat(upload(client, server, body).block(PATIENCE)).isEqualTo("200 scripted");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(MOMENT);
		assertThat(server.log().bodyBytes()).isEqualTo(LENGTH);
		assertThat(server).processedRequests(1);
	}

	@ParameterizedTest
	@MethodSource("everything")
	void theBodyIsSentAtOnceIfTurnedOff(Wire wire, Body body) {
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = client(wire, (settings) -> settings.expectContinue(Duration.ZERO));
		assertThat(upload(client, server, body).block(PATIENCE)).isEqualTo("200 scripted");
		assertThat(server.log().bodyBytes()).isEqualTo(LENGTH);
	}

	@ParameterizedTest
	@EnumSource
	void aRequestWithoutABodyDoesNotWait(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = client(wire, (settings) -> settings.expectContinue(PATIENCE.multipliedBy(2)));
		for (Mono<String> body : Arrays.<Mono<String>>asList(null, Mono.empty())) {
			WebClient.RequestBodySpec request = request(client, server);
			var call = (body != null) ? request.body(body.flux(), String.class) : request;
			assertThat(call.exchangeToMono((response) -> response.bodyToMono(String.class)).block(PATIENCE))
				.isEqualTo("scripted");
		}
	}

	// The time for the response begins when the request has been written
	@ParameterizedTest
	@MethodSource("everything")
	void waitingForTheServerDoesNotMakeItsResponseLate(Wire wire, Body body) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsFor(this.gate).sendsInterim(100).waitsForBody().answers();
		TestClient client = client(wire, (settings) -> settings.expectContinue(PATIENCE).responseHeader(MOMENT));
		Mono<String> call = upload(client, server, body).cache();
		call.onErrorComplete().subscribe();
		assertThat(server).receivedRequest("POST", "/upload", 1);
		await().during(MOMENT.multipliedBy(3)).until(() -> server.log().bodyBytes() == 0);
		this.gate.open();
		assertThat(call.block(PATIENCE)).isEqualTo("200 scripted");
	}

	@ParameterizedTest
	@MethodSource("everything")
	void aCancelledExchangeLetsGoOfItsBody(Wire wire, Body body) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsFor(this.gate);
		TestClient client = client(wire, (settings) -> settings.expectContinue(PATIENCE));
		Disposable call = upload(client, server, body).subscribe();
		assertThat(server).receivedRequest("POST", "/upload", 1);
		call.dispose();
		if (wire.multiplexed()) {
			assertThat(server).receivedReset(Http2Error.CANCEL, 1);
			assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
		}
		else {
			assertThat(server).settlesAt(0);
		}
		assertThat(server.log().bodyBytes()).isZero();
	}

	@ParameterizedTest
	@MethodSource("everything")
	void aConnectionThatIsLostMeanwhileIsReported(Wire wire, Body body) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").closes();
		TestClient client = client(wire, (settings) -> settings.expectContinue(PATIENCE));
		assertThat(Failure.of(upload(client, server, body)).error()).hasRootCauseInstanceOf(Exception.class)
			.satisfies((error) -> assertThat(Stream.iterate(error, (cause) -> cause != null, Throwable::getCause))
				.hasAtLeastOneElementOfType(ConnectionLostException.class));
		assertThat(server).settlesAt(0);
		assertThat(server.log().bodyBytes()).isZero();
	}

	@ParameterizedTest
	@MethodSource("everything")
	void theDeadlineOfTheRequestHolds(Wire wire, Body body) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsFor(this.gate);
		TestClient client = client(wire, (settings) -> settings.expectContinue(PATIENCE).request(MOMENT));
		Throwable error = Failure.of(upload(client, server, body)).error();
		assertThat(Stream.iterate(error, (cause) -> cause != null, Throwable::getCause))
			.hasAtLeastOneElementOfType(RequestTimeoutException.class);
		assertThat(server.log().bodyBytes()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void aStreamingBodyIsNotProducedAheadOfTheServer(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsFor(this.gate).answers(413);
		TestClient client = client(wire, (settings) -> settings.expectContinue(PATIENCE));
		AtomicInteger produced = new AtomicInteger();
		AtomicBoolean cancelled = new AtomicBoolean();
		Flux<String> endless = Flux.<String>generate((sink) -> {
			produced.incrementAndGet();
			sink.next(PART);
		}).doOnCancel(() -> cancelled.set(true));
		Mono<String> call = answer(request(client, server).body(endless, String.class)).cache();
		call.subscribe();
		assertThat(server).receivedRequest("POST", "/upload", 1);
		await().during(MOMENT).until(() -> produced.get() <= 512);
		this.gate.open();
		assertThat(call.block(PATIENCE)).isEqualTo("413 scripted");
		await().untilTrue(cancelled);
		assertThat(produced).hasValueLessThanOrEqualTo(512);
		assertThat(server.log().bodyBytes()).isZero();
	}

	static Stream<Arguments> everything() {
		return Stream.of(Wire.values())
			.flatMap((wire) -> Stream.of(Body.values()).map((body) -> Arguments.of(wire, body)));
	}

	private TestClient client(Wire wire, UnaryOperator<TestSettings> change) {
		return this.network.client((settings) -> change.apply(wire.settings().apply(settings)));
	}

	private static Mono<String> upload(TestClient client, ScriptedServer server, Body body) {
		return answer(body.add(request(client, server)));
	}

	private static WebClient.RequestBodySpec request(TestClient client, ScriptedServer server) {
		return client.webClient().post().uri(server.url("/upload")).header("Expect", "100-continue");
	}

	private static Mono<String> answer(WebClient.RequestHeadersSpec<?> request) {
		return request.exchangeToMono((response) -> response.bodyToMono(String.class)
			.map((text) -> response.statusCode().value() + " " + text));
	}

	enum Body {

		VALUE {
			@Override
			WebClient.RequestHeadersSpec<?> add(WebClient.RequestBodySpec request) {
				return request.bodyValue(PART.repeat(PARTS));
			}
		},

		STREAM {
			@Override
			WebClient.RequestHeadersSpec<?> add(WebClient.RequestBodySpec request) {
				return request.body(Flux.range(0, PARTS).map((number) -> PART), String.class);
			}
		};

		abstract WebClient.RequestHeadersSpec<?> add(WebClient.RequestBodySpec request);

	}

}
