package dev.connpool.behaviour;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

import dev.connpool.error.ConnPoolException;
import dev.connpool.testing.CallingThread;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.ResourceAccessException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * A thread that waits may be interrupted at any moment, and must be one that may wait
 * (B52). There are no deadlines here that would end it.
 */
class BlockedThreadsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private static final int CALLERS = 1000;

	private static final byte[] PART = new byte[64 * 1024];

	@RegisterExtension
	final Network network = new Network(Transport.BLOCKING);

	private final Gate gate = new Gate();

	// Interrupted

	@ParameterizedTest
	@EnumSource
	void aThreadMayBeInterruptedBeforeItSends(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(timeless(wire));
		CallingThread thread = CallingThread.start(() -> {
			Thread.currentThread().interrupt();
			return execute(client, server.url("/hello"));
		});
		assertInterrupted(thread, "about to send the request");
		assertThat(server.arrivals()).isEmpty();
		client.fetch(server.url("/hello"));
	}

	@ParameterizedTest
	@EnumSource
	void aThreadMayBeInterruptedWhileItWaitsForAConnection(Wire wire) {
		TestServer server = wire.server().maxConcurrentStreams(1).hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> timeless(wire).apply(settings).maxConnectionsPerHost(1));
		Mono<List<String>> first = client.begin(server.url("/held"), 1);
		assertThat(client).pending(server, 0);
		CallingThread thread = CallingThread.start(() -> execute(client, server.url("/hello")));
		assertThat(client).pending(server, 1);
		assertInterrupted(thread.waits().interrupt(), "waited for the response");
		assertThat(client).pending(server, 0);
		this.gate.open();
		assertThat(first.block()).containsExactly("held");
		assertThat(server.requests("/hello")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void aThreadMayBeInterruptedWhileItWaitsForTheHead(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/silent").opens(this.gate);
		TestClient client = this.network.client(timeless(wire));
		CallingThread thread = CallingThread.start(() -> execute(client, server.url("/silent")));
		this.gate.opened().block();
		assertInterrupted(thread.waits().interrupt(), "waited for the response");
		assertNothingIsUnderWay(client, server);
	}

	@ParameterizedTest
	@EnumSource
	void aThreadMayBeInterruptedWhileItWritesTheBody(Wire wire) {
		ScriptedServer server = stalling(wire);
		TestClient client = this.network.client(timeless(wire));
		CallingThread thread = CallingThread.start(() -> upload(client, server.url("/upload"), (output) -> {
			while (true) {
				output.write(PART);
			}
		}));
		this.gate.opened().block();
		assertInterrupted(thread.waits().interrupt(), "wrote the request body");
		assertNothingIsUnderWay(client, server);
	}

	// Whoever writes may not know what that exception means
	@ParameterizedTest
	@EnumSource
	void anInterruptIsToldThatTheBodyKeepsToItself(Wire wire) {
		List<UnaryOperator<Exception>> ways = List.of((error) -> null,
				(error) -> new IllegalStateException("wrapped", error));
		for (UnaryOperator<Exception> way : ways) {
			ScriptedServer server = stalling(wire);
			TestClient client = this.network.client(timeless(wire));
			CallingThread thread = CallingThread.start(() -> upload(client, server.url("/upload"), (output) -> {
				try {
					while (true) {
						output.write(PART);
					}
				}
				catch (InterruptedIOException ex) {
					Exception other = way.apply(ex);
					if (other instanceof RuntimeException wrapped) {
						throw wrapped;
					}
				}
			}));
			this.gate.opened().block();
			assertInterrupted(thread.waits().interrupt(), "wrote the request body");
			assertNothingIsUnderWay(client, server);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aThreadMayBeInterruptedWhileItReadsTheBody(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/begun").sendsHeader().sends("begun").opens(this.gate);
		TestClient client = this.network.client(timeless(wire));
		AtomicReference<InputStream> body = new AtomicReference<>();
		CallingThread thread = CallingThread.start(() -> {
			body.set(execute(client, server.url("/begun")).getBody());
			return body.get().readAllBytes();
		});
		this.gate.opened().block();
		assertInterrupted(thread.waits().interrupt(), "read the response body");
		assertNothingIsUnderWay(client, server);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> body.get().read());
	}

	// As Spring tells it
	@ParameterizedTest
	@EnumSource
	void anInterruptIsTheCauseThatRestClientTells(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/silent").opens(this.gate);
		TestClient client = this.network.client(timeless(wire));
		CallingThread thread = CallingThread
			.start(() -> client.restClient().get().uri(server.url("/silent")).retrieve().body(String.class));
		this.gate.opened().block();
		assertThat(thread.waits().interrupt().error()).isInstanceOf(ResourceAccessException.class)
			.hasCauseInstanceOf(InterruptedIOException.class)
			.hasMessageContaining(TestClient.NAME);
		assertThat(thread.isInterrupted()).isTrue();
	}

	// It may be just as something arrives
	@ParameterizedTest
	@EnumSource
	void aThreadMayBeInterruptedAtAnyMoment(Wire wire) {
		TestServer server = wire.server().bytes("/some", 32 * 1024).start(this.network);
		TestClient client = this.network.client(timeless(wire));
		client.fetch(server.url("/hello"));
		for (int call = 0; call < 200; call++) {
			CallingThread thread = CallingThread.start(() -> {
				try (ClientHttpResponse response = execute(client, server.url("/some"))) {
					return response.getBody().readAllBytes().length;
				}
			});
			LockSupport.parkNanos(call * 10_000L);
			thread.interrupt().ends();
			assertThat(thread.isInterrupted() || thread.result() != null).isTrue();
		}
		assertThat(client).activeStreams(server, 0);
		await().atMost(PATIENCE).until(() -> client.host(server).connections().active() == 0);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
	}

	// Somebody else closes what a thread reads
	@ParameterizedTest
	@EnumSource
	void aResponseMayBeClosedWhileItIsRead(Wire wire) throws Exception {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/begun").sendsHeader().sends("begun");
		TestClient client = this.network.client(timeless(wire));
		ClientHttpResponse response = execute(client, server.url("/begun"));
		CallingThread thread = CallingThread.start(() -> response.getBody().readAllBytes());
		thread.waits();
		response.close();
		assertThat(thread.error()).isInstanceOf(IOException.class).hasMessageContaining("closed");
		assertNothingIsUnderWay(client, server);
	}

	// Threads that must not wait

	@ParameterizedTest
	@EnumSource
	void aThreadThatMustNotWaitIsRefused(Wire wire) throws Exception {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(timeless(wire));
		assertRefused(() -> execute(client, server.url("/hello")));
		assertThat(server.arrivals()).isEmpty();
		try (ClientHttpResponse response = execute(client, server.url("/hello"))) {
			assertRefused(() -> response.getBody().read());
			assertRefused(() -> response.getBody().readAllBytes());
			assertThat(response.getBody().readAllBytes()).hasSize(5);
		}
	}

	// It is the event loop of the connection itself that would wait for itself
	@ParameterizedTest
	@EnumSource
	void anEventLoopIsRefused(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(timeless(wire));
		Mono<String> first = client.webClient().get().uri(server.url("/hello")).retrieve().bodyToMono(String.class);
		Mono<Object> call = first.map((text) -> {
			try {
				return execute(client, server.url("/hello"));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		assertThatIllegalStateException().isThrownBy(call::block).withMessageContaining("must not wait");
	}

	private static void assertRefused(Callable<?> call) {
		Mono<?> elsewhere = Mono.fromCallable(call).subscribeOn(Schedulers.parallel());
		assertThatIllegalStateException().isThrownBy(elsewhere::block)
			.withMessageContaining("must not wait for a response");
	}

	// Many

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void manyBlockedThreadsEndWithTheClient(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onEveryRequest().keepsSilent();
		TestClient client = this.network.client((settings) -> timeless(wire).apply(settings)
			.maxConnectionsPerHost(10)
			.maxPendingAcquires(CALLERS)
			.acquire(PATIENCE));
		List<CallingThread> threads = new ArrayList<>();
		IntStream.range(0, CALLERS)
			.forEach((number) -> threads.add(CallingThread.start(() -> execute(client, server.url("/silent")),
					(task) -> new Thread(null, task, "calling", 128 * 1024))));
		await().atMost(PATIENCE).until(() -> threads.stream().allMatch(CallingThread::isWaiting));
		client.pooled().close();
		assertThat(threads).allSatisfy((thread) -> assertThat(thread.error()).isInstanceOf(ConnPoolException.class)
			.hasMessageContaining(TestClient.NAME));
		assertThat(client).holdsNothing();
	}

	@ParameterizedTest
	@EnumSource
	void threadsThatReadEndWithTheClient(Wire wire) {
		TestServer server = wire.server()
			.stream("/begun", "text/plain", Flux.just("begun").concatWith(Mono.never()))
			.start(this.network);
		TestClient client = this.network.client(timeless(wire));
		CallingThread thread = CallingThread
			.start(() -> execute(client, server.url("/begun")).getBody().readAllBytes());
		assertThat(client).activeStreams(server, wire.multiplexed() ? 1 : 0);
		thread.waits();
		client.pooled().close();
		assertThat(thread.error()).isInstanceOf(ConnPoolException.class);
	}

	private ScriptedServer stalling(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").stopsReading().opens(this.gate);
		return server;
	}

	// The calls

	private static ClientHttpResponse execute(TestClient client, String url) throws IOException {
		return client.requestFactory().createRequest(URI.create(url), HttpMethod.GET).execute();
	}

	private static ClientHttpResponse upload(TestClient client, String url, StreamingHttpOutputMessage.Body body)
			throws IOException {
		ClientHttpRequest request = client.requestFactory().createRequest(URI.create(url), HttpMethod.POST);
		((StreamingHttpOutputMessage) request).setBody(body);
		return request.execute();
	}

	private static void assertInterrupted(CallingThread thread, String doing) {
		assertThat(thread.error()).isInstanceOf(InterruptedIOException.class)
			.hasMessageContainingAll(TestClient.NAME, "the calling thread was interrupted", doing);
		assertThat(thread.isInterrupted()).as("the flag is kept").isTrue();
	}

	private static void assertNothingIsUnderWay(TestClient client, ScriptedServer server) {
		assertThat(client).activeStreams(server, 0)
			.connections(server, 0, 0, (client.host(server).connections().idle() > 0) ? 1 : 0);
	}

	private static UnaryOperator<TestSettings> timeless(Wire wire) {
		return (settings) -> wire.settings().apply(settings).request(Duration.ZERO).responseHeader(Duration.ZERO);
	}

}
