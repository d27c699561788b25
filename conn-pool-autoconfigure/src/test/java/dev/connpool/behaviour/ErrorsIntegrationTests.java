package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import dev.connpool.error.ConnPoolException;
import dev.connpool.error.ExchangeFailedException;
import dev.connpool.listener.ConnectionInfo;
import dev.connpool.listener.ConnectionListener;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ScarceAllocator;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An {@link Error} that is thrown during an exchange ends that exchange and nothing else:
 * the caller is told, and its slot is given back (B42). There are no deadlines here that
 * would do it.
 */
@Transport.Each
class ErrorsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(15);

	private static final String BODY = "0123456789".repeat(10_000);

	@RegisterExtension
	final Network network;

	ErrorsIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@EnumSource
	void memoryMayRunOutAtAnyStep(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		ScarceAllocator memory = new ScarceAllocator();
		TestClient client = this.network.client(timeless(wire))
			.derive((http) -> http.option(ChannelOption.ALLOCATOR, memory));
		int failed = 0;
		for (int step = 0; step < 12; step++) {
			assertThat(client.post(server.url("/echo"), Flux.just("warm")).block(PATIENCE)).isEqualTo("warm");
			memory.failAfter(step);
			Failure failure = Failure.of(count(client, server.url("/echo")).timeout(PATIENCE));
			if (memory.recover() && failure.error() != null) {
				failed++;
				assertThat(failure.error()).as("step %d", step).isInstanceOf(ConnPoolException.class);
			}
			else {
				assertThat(failure.error()).as("step %d", step).isNull();
			}
			await().atMost(PATIENCE).until(() -> client.host(server).connections().active() == 0);
			assertThat(client.host(server).streams().active()).isZero();
		}
		assertThat(failed).isPositive();
	}

	@ParameterizedTest
	@EnumSource
	void aCallerMayThrowAnythingAnywhere(Step step) {
		if (step == Step.CONNECTED) {
			this.network.isFor(Transport.REACTOR_NETTY);
		}
		for (Wire wire : new Wire[] { Wire.H1, Wire.H2C }) {
			TestServer server = wire.server().echo("/echo").start(this.network);
			TestClient client = this.network
				.client((settings) -> timeless(wire).apply(settings).maxConnectionsPerHost(1));
			for (Supplier<Error> error : Step.ERRORS) {
				Mono<String> call = step.call(client, server.url("/echo"), error);
				assertThat(Failure.of(call.timeout(PATIENCE)).error()).as("%s over %s", error.get(), wire)
					.isInstanceOfAny(ExchangeFailedException.class, error.get().getClass());
				assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
				await().atMost(PATIENCE).until(() -> client.host(server).connections().active() == 0);
			}
		}
	}

	// Reactor tells nobody what its operators throw, if it takes that for fatal
	@ParameterizedTest
	@EnumSource
	void aReaderThatThrowsGivesItsConnectionBack(Wire wire) {
		TestServer server = wire.server().route("/none", (request, response) -> response.send()).start(this.network);
		TestClient client = this.network.client(timeless(wire));
		int calls = 0;
		for (Supplier<Error> error : Step.ERRORS) {
			client.request("GET", server.url("/none")).whenAnswered(() -> {
				throw error.get();
			}).text().onErrorComplete().subscribe();
			int begun = ++calls;
			await().atMost(PATIENCE).until(() -> client.host(server).counters().acquired() == begun);
			await().atMost(PATIENCE).until(() -> client.host(server).connections().active() == 0);
		}
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
	}

	@ParameterizedTest
	@EnumSource
	void whatEncodesABodyMayThrowAnything(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(timeless(wire));
		WebClient webClient = client.webClient();
		for (Supplier<Error> error : Step.ERRORS) {
			Flux<String> body = Flux.just("a", "b").map((part) -> {
				if (part.equals("b")) {
					throw error.get();
				}
				return part;
			});
			Mono<?> call = webClient.post()
				.uri(server.url("/echo"))
				.body(body, String.class)
				.retrieve()
				.toBodilessEntity();
			assertThat(Failure.of(call.timeout(PATIENCE)).error()).hasRootCauseInstanceOf(error.get().getClass());
			await().atMost(PATIENCE).until(() -> client.host(server).connections().active() == 0);
		}
	}

	@Test
	void aListenerMayThrowAnything() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client(timeless(Wire.H1), new ConnectionListener() {

			@Override
			public void acquired(ConnectionInfo connection, Duration waited, boolean reused) {
				throw new NoClassDefFoundError("thrown by the listener");
			}

			@Override
			public void released(ConnectionInfo connection) {
				throw new AssertionError("thrown by the listener");
			}

		});
		for (int request = 0; request < 3; request++) {
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		}
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2C" })
	void aCallerMayThrowAnErrorWhenItsDeadlinePasses(Wire wire) {
		TestServer server = wire.server().hold("/held", new Gate()).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).request(Duration.ofMillis(400)));
		client.fetch(server.url("/hello"));
		for (int call = 0; call < 3; call++) {
			client.get(server.url("/held")).subscribe((body) -> {
			}, (error) -> {
				throw new NoClassDefFoundError("thrown by the caller");
			});
		}
		assertThat(Failure.of(client.get(server.url("/held")).timeout(PATIENCE)).error())
			.isInstanceOf(ConnPoolException.class);
		await().atMost(PATIENCE).until(() -> server.cancelled("/held") == 4);
	}

	// Without operators of its own that need memory
	private static Mono<Integer> count(TestClient client, String url) {
		return client.request("POST", url)
			.body(Flux.just(BODY, BODY))
			.parts()
			.map((part) -> part.length)
			.reduce(0, Integer::sum);
	}

	private static UnaryOperator<TestSettings> timeless(Wire wire) {
		return (settings) -> wire.settings().apply(settings).request(Duration.ZERO).responseHeader(Duration.ZERO);
	}

	enum Step {

		CONNECTED {

			@Override
			Mono<String> call(TestClient client, String url, Supplier<Error> error) {
				return client.derive((http) -> http.doOnRequest((request, connection) -> {
					throw error.get();
				})).post(url, Flux.just("a", "b"));
			}

		},

		WRITING {

			@Override
			Mono<String> call(TestClient client, String url, Supplier<Error> error) {
				return client.isDirect() ? client.webClient().post().uri(url).body((request, context) -> {
					throw error.get();
				}).retrieve().bodyToMono(String.class).onErrorMap(WebClientRequestException.class, Throwable::getCause)
						: client.httpClient().post().uri(url).send((request, outbound) -> {
							throw error.get();
						}).responseSingle((response, body) -> body.asString());
			}

		},

		BODY {

			@Override
			Mono<String> call(TestClient client, String url, Supplier<Error> error) {
				return client.request("POST", url).body(Mono.fromSupplier(() -> {
					throw error.get();
				})).text();
			}

		},

		RESPONSE {

			@Override
			Mono<String> call(TestClient client, String url, Supplier<Error> error) {
				return client.isDirect() ? client.webClient((heads) -> heads.doOnNext((head) -> {
					throw error.get();
				}))
					.post()
					.uri(url)
					.body(Flux.just("a", "b"), String.class)
					.retrieve()
					.bodyToMono(String.class)
					.onErrorMap(WebClientRequestException.class, Throwable::getCause)
						: client.derive((http) -> http.doOnResponse((response, connection) -> {
							throw error.get();
						})).post(url, Flux.just("a", "b"));
			}

		};

		static final List<Supplier<Error>> ERRORS = List.of(() -> new AssertionError("thrown"),
				() -> new NoClassDefFoundError("thrown"), () -> new StackOverflowError("thrown"),
				() -> new OutOfMemoryError("thrown"));

		abstract Mono<String> call(TestClient client, String url, Supplier<Error> error);

	}

}
