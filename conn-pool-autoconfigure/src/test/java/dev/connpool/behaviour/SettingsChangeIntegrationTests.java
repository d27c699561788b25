package dev.connpool.behaviour;

import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import javax.net.ssl.ManagerFactoryParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.TrustManagerFactorySpi;

import dev.connpool.client.TlsMaterial;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.settings.InvalidSettingException;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Settings change while a client is in use (B31).
 */
class SettingsChangeIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Duration DEADLINE = Duration.ofMillis(300);

	private static final int CALLERS = 30;

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	@ParameterizedTest
	@EnumSource
	void limitsAndDeadlinesChangeUnderLoadAndNothingFails(Wire wire) {
		TestServer server = wire.server().maxConcurrentStreams(5).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings.maxConnectionsPerHost(20)));
		try (Load load = new Load(client.httpClient(), server.url("/hello"))) {
			load.runs();
			change(client, (settings) -> wire.settings().apply(settings.maxConnectionsPerHost(3)));
			load.runs();
			await().until(() -> client.host(server).connections().total() <= 3);
			assertThat(client.host(server).generation()).isEqualTo(2);
			change(client, (settings) -> wire.settings().apply(settings.maxConnectionsPerHost(25)));
			load.runs();
			change(client, (settings) -> wire.settings()
				.apply(settings.maxConnectionsPerHost(25).responseHeader(Duration.ofSeconds(7))));
			load.runs();
			assertThat(client.host(server).generation()).isEqualTo(4);
			load.stop();
			assertThat(load.failures).isEmpty();
		}
		await().until(() -> client.host(server).connections().draining() == 0);
		assertThat(server).settlesAt(client.host(server).connections().total());
	}

	@Test
	void protocolsChangeUnderLoadAndNothingFails() {
		TestServer server = TestServer.h2().start(this.network);
		TestClient client = this.network.client();
		HttpClient otherTls = client.pooled().httpClient(TestCertificate.LOOPBACK.trusted());
		try (Load load = new Load(client.httpClient(), server.url("/hello"));
				Load other = new Load(otherTls, server.url("/hello?other"))) {
			for (int change = 0; change < 10; change++) {
				Protocol only = (change % 2 == 0) ? Protocol.HTTP_1_1 : Protocol.H2;
				change(client, (settings) -> settings.protocols(only));
				load.runs();
				other.runs();
				int before = server.arrivals().size();
				load.runs();
				assertThat(server.arrivals().stream().skip(before)).extracting(TestServer.Arrival::protocol)
					.containsOnly(only.id());
				assertThat(client.host(server).protocol()).isEqualTo(only.id());
			}
			load.stop();
			other.stop();
			assertThat(load.failures).isEmpty();
			assertThat(other.failures).isEmpty();
		}
		assertThat(server).settlesAt(client.host(server).connections().total());
	}

	@Test
	void protocolsAndTlsChangeTogether() {
		TestServer server = TestServer.h2().start(this.network);
		AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {
		});
		TestClient client = this.network.client(telling(meanwhile),
				(settings) -> settings.protocols(Protocol.HTTP_1_1));
		HttpClient otherTls = client.pooled().httpClient(telling(meanwhile));
		List<String> bodies = new CopyOnWriteArrayList<>();
		meanwhile.set(() -> {
			bodies.add(client.fetch(server.url("/hello")));
			bodies.add(otherTls.get()
				.uri(server.url("/hello"))
				.responseSingle((response, body) -> body.asString())
				.block(PATIENCE));
		});
		change(client, (settings) -> settings.protocols(Protocol.H2));
		assertThat(bodies).hasSize(4).containsOnly("hello");
		assertThat(server.protocols()).containsExactly("http/1.1");
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client.host(server).protocol()).isEqualTo("h2");
	}

	/** Does something whenever a TLS context is made of it. */
	private static TlsMaterial telling(AtomicReference<Runnable> told) {
		TrustManagerFactory trusted = Objects.requireNonNull(TestCertificate.LOOPBACK.trusted().trustManagers());
		TrustManagerFactorySpi telling = new TrustManagerFactorySpi() {

			@Override
			protected void engineInit(KeyStore keyStore) {
				// It is what it is.
			}

			@Override
			protected void engineInit(ManagerFactoryParameters parameters) {
				// It is what it is.
			}

			@Override
			protected TrustManager[] engineGetTrustManagers() {
				told.get().run();
				return trusted.getTrustManagers();
			}

		};
		return new TlsMaterial(null, new TrustManagerFactory(telling, trusted.getProvider(), "telling") {
		}, null, null);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void whoeverWaitsIsServedByTheNewLimitAndTheOldConnectionsDrain(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(2));
		Mono<List<String>> held = client.begin(server.url("/held"), 10);
		await().until(() -> client.host(server).pendingAcquires() == 8 && server.requests("/held") == 2);
		change(client, (settings) -> settings.maxConnectionsPerHost(8));
		await().until(() -> server.requests("/held") == 10);
		assertThat(client.host(server).connections().draining()).isEqualTo(2);
		assertThat(client.host(server).connections().active()).isEqualTo(8);
		assertThat(client.host(server).pools()).isEqualTo(1);
		this.gate.open();
		assertThat(held.block(PATIENCE)).hasSize(10).containsOnly("held");
		assertThat(server).settlesAt(8);
		assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("superseded")
			.containsEntry("superseded", 2L);
		assertThat(client.host(server).counters().opened()).isEqualTo(10);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aDeadlineHoldsForRequestsThatBeginAfterIt(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client();
		Mono<List<String>> before = client.begin(server.url("/held"), 1);
		await().until(() -> server.requests("/held") == 1);
		change(client, (settings) -> settings.responseHeader(DEADLINE));
		assertThat(Failure.of(client.get(server.url("/held"))).error())
			.isInstanceOf(ResponseHeaderTimeoutException.class)
			.hasMessageContaining("300 ms");
		this.gate.open();
		assertThat(before.block(PATIENCE)).containsExactly("held");
	}

	@Test
	void aClientThatShutsDownWaitsForWhatTheOldConnectionsDo() {
		TestServer server = TestServer.h2().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client();
		Mono<List<String>> held = client.begin(server.url("/held"), 1);
		await().until(() -> server.requests("/held") == 1);
		change(client, (settings) -> settings.maxConnectionsPerHost(8));
		AtomicBoolean down = new AtomicBoolean();
		Disposable shutdown = client.pooled().shutdown().subscribe(null, null, () -> down.set(true));
		assertThat(client.host(server).connections().draining()).isEqualTo(1);
		assertThat(down).isFalse();
		this.gate.open();
		assertThat(held.block(PATIENCE)).containsExactly("held");
		await().untilTrue(down);
		shutdown.dispose();
	}

	@Test
	void whatIsFixedWhenAClientIsCreatedIsRefusedByName() {
		TestServer server = TestServer.h2().start(this.network);
		TestClient client = this.network.client();
		client.fetch(server.url("/hello"));
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> change(client, (settings) -> settings.maxConnectionsPerHost(1).minIdleConnections(1)))
			.withMessage(
					"'pool.min-idle-connections' is '1' but cannot be changed from '0' while the application runs; "
							+ "restart it");
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
		assertThat(client.host(server).generation()).isEqualTo(1);
		assertThat(client.pooled().settings().pool().maxConnectionsPerHost()).isEqualTo(100);
	}

	@Test
	void keepAliveCanBeTurnedOff() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client();
		client.fetch(server.url("/hello"));
		change(client, (settings) -> settings.keepAlive(false));
		for (int request = 2; request <= 3; request++) {
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
			assertThat(server).settlesAt(0).acceptedConnections(request);
		}
	}

	@Test
	void whatOneHostKeepsReadyIsFixedToo() {
		TestClient client = this.network.client();
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> change(client,
					(settings) -> settings.host("orders.example.com", (host) -> host.minIdleConnections(1))))
			.withMessageContaining("'hosts.<alias>.pool.min-idle-connections'")
			.withMessageContaining("orders.example.com");
	}

	private static void change(TestClient client, UnaryOperator<TestSettings> change) {
		client.pooled().reload(change.apply(new TestSettings()).build());
	}

	/**
	 * Callers that send one request after the other, until they are stopped.
	 */
	private static final class Load implements AutoCloseable {

		private final AtomicInteger answered = new AtomicInteger();

		private final AtomicBoolean stopped = new AtomicBoolean();

		private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

		private final Mono<Void> ended;

		Load(HttpClient client, String url) {
			Mono<String> one = client.get()
				.uri(url)
				.responseSingle((response, body) -> body.asString())
				.doOnNext((body) -> this.answered.incrementAndGet())
				.onErrorResume((ex) -> {
					this.failures.add(ex);
					return Mono.empty();
				});
			this.ended = Flux.range(0, CALLERS)
				.flatMap((caller) -> one.repeat(() -> !this.stopped.get() && this.failures.isEmpty()), CALLERS)
				.then()
				.cache();
			this.ended.subscribe();
		}

		void runs() {
			int before = this.answered.get();
			await().atMost(PATIENCE).until(() -> this.answered.get() > before + 10 * CALLERS);
		}

		@Override
		public void close() {
			stop();
		}

		void stop() {
			this.stopped.set(true);
			this.ended.block(PATIENCE);
		}

	}

}
