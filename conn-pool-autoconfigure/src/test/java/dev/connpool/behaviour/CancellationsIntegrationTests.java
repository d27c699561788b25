package dev.connpool.behaviour;

import java.time.Duration;
import java.util.function.UnaryOperator;

import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.netty.Connection;
import reactor.util.context.Context;

import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * A caller may give up at any moment: nothing is left of its exchange, and its connection
 * serves others (B14, B15, N1). There are no deadlines here that would end it.
 */
@Transport.Each
class CancellationsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String HOOK = CancellationsIntegrationTests.class.getName();

	private static final int CALLS = 5;

	/** A response that does not end, and one that arrives at once. */
	private static final String[] PATHS = { "/begun", "/hello" };

	@RegisterExtension
	final Network network;

	/** What happens when the transport lets go of the head of a response. */
	private volatile Runnable meanwhile = () -> {
	};

	CancellationsIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@BeforeEach
	void interject() {
		Hooks.onEachOperator(HOOK, Operators.lift((source) -> source.stepName().equals("source(MonoCreate)"),
				(source, actual) -> new Interjection(actual, () -> this.meanwhile.run())));
	}

	@AfterEach
	void stopInterjecting() {
		Hooks.resetOnEachOperator(HOOK);
	}

	// On its way to the caller it is neither delivered any more nor discarded
	@ParameterizedTest
	@EnumSource
	void aCallerMayGiveUpWhenTheHeadIsOnItsWay(Wire wire) {
		TestServer server = server(wire);
		TestClient client = this.network.client(timeless(wire));
		client.fetch(server.url("/hello"));
		for (String path : PATHS) {
			for (int call = 0; call < CALLS; call++) {
				Disposable.Swap caller = Disposables.swap();
				this.meanwhile = caller::dispose;
				caller.update(call(client, server.url(path)).subscribe());
				await().atMost(PATIENCE).until(caller::isDisposed);
				assertNothingIsLeft(client, server);
			}
		}
	}

	// Then it takes no response with it, and nobody else has that
	@ParameterizedTest
	@EnumSource
	void aThreadMayBeInterruptedWhenTheHeadIsOnItsWay(Wire wire) {
		this.network.isFor(Transport.REACTOR_NETTY);
		TestServer server = server(wire);
		TestClient client = this.network.client(timeless(wire));
		client.fetch(server.url("/hello"));
		RestClient restClient = client.restClient();
		Thread caller = Thread.currentThread();
		this.meanwhile = () -> interruptWhileWaiting(caller);
		for (String path : PATHS) {
			for (int call = 0; call < CALLS; call++) {
				assertThatException().isThrownBy(() -> restClient.get()
					.uri(server.url(path))
					.exchange((request, response) -> response.getStatusCode()));
				Thread.interrupted();
				assertNothingIsLeft(client, server);
			}
		}
	}

	private Mono<String> call(TestClient client, String url) {
		return client.isDirect() ? client.webClient((heads) -> heads.doOnNext((head) -> this.meanwhile.run()))
			.get()
			.uri(url)
			.retrieve()
			.bodyToMono(String.class) : client.get(url);
	}

	private static void interruptWhileWaiting(Thread thread) {
		long until = System.nanoTime() + PATIENCE.toNanos();
		while (thread.getState() != Thread.State.WAITING && System.nanoTime() < until) {
			Thread.onSpinWait();
		}
		thread.interrupt();
	}

	private TestServer server(Wire wire) {
		return wire.server()
			.stream("/begun", "text/plain", Flux.just("begun").concatWith(Mono.never()))
			.start(this.network);
	}

	private void assertNothingIsLeft(TestClient client, TestServer server) {
		await().atMost(PATIENCE)
			.until(() -> client.host(server).connections().active() + client.host(server).streams().active() == 0);
	}

	private static UnaryOperator<TestSettings> timeless(Wire wire) {
		return (settings) -> wire.settings().apply(settings).request(Duration.ZERO).responseHeader(Duration.ZERO);
	}

	/**
	 * Does something before a connection is passed on.
	 */
	private record Interjection(CoreSubscriber<? super Object> actual,
			Runnable task) implements CoreSubscriber<Object> {

		@Override
		public Context currentContext() {
			return this.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription upstream) {
			this.actual.onSubscribe(upstream);
		}

		@Override
		public void onNext(Object value) {
			if (value instanceof Connection) {
				this.task.run();
			}
			this.actual.onNext(value);
		}

		@Override
		public void onError(Throwable error) {
			this.actual.onError(error);
		}

		@Override
		public void onComplete() {
			this.actual.onComplete();
		}

	}

}
