package dev.connpool.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import dev.connpool.error.ClientClosedException;
import dev.connpool.error.ConnectionFailedException;
import dev.connpool.listener.ConnectionListeners;
import dev.connpool.pool.ConnectionPool;
import dev.connpool.pool.host.ReloadableSslContext;
import dev.connpool.pool.reactor.ReactorConnectionProvider;
import dev.connpool.settings.ClientSettings;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.http.client.HttpClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The TLS context of the first connection, which may take long to make.
 */
class TlsContextIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	private final List<Thread> makers = new CopyOnWriteArrayList<>();

	private final ConnectionPool pool = new ConnectionPool("under-test", ClientSettings.DEFAULTS,
			ConnectionListeners.NONE);

	private volatile boolean broken;

	private HttpClient client;

	private TestServer server;

	@BeforeEach
	void start() {
		this.server = Wire.H2.server().start(this.network);
		ReloadableSslContext tls = new ReloadableSslContext(() -> ClientSettings.DEFAULTS, (protocols) -> {
			this.makers.add(Thread.currentThread());
			this.gate.await();
			if (this.broken) {
				throw new IllegalArgumentException("the trust store cannot be read");
			}
			return TestCertificate.LOOPBACK.trusted().sslContext(protocols);
		});
		this.client = HttpClients.create(new ReactorConnectionProvider(this.pool), ClientSettings.DEFAULTS, tls, null);
	}

	@AfterEach
	void stop() {
		this.gate.open();
		this.pool.shutDown().block(PATIENCE);
	}

	private Mono<Integer> call() {
		return this.client.get()
			.uri(this.server.url("/hello"))
			.responseSingle((response, body) -> body.thenReturn(response.status().code()));
	}

	@Test
	void itIsMadeOnceByAThreadThatMayBlock() {
		this.gate.open();
		List<Integer> answers = Flux.range(0, 5).flatMap((number) -> call()).collectList().block(PATIENCE);
		assertThat(answers).hasSize(5).containsOnly(200);
		assertThat(this.makers).singleElement().isNotInstanceOf(NonBlocking.class).isNotSameAs(Thread.currentThread());
	}

	@Test
	void whatCannotBeMadeFailsTheConnectionAndIsTriedAgain() {
		this.gate.open();
		this.broken = true;
		Failure failure = Failure.of(call());
		assertThat(failure.error()).isInstanceOf(ConnectionFailedException.class);
		assertThat(failure.message()).contains(this.server.host(), "TLS", "the trust store cannot be read");
		this.broken = false;
		assertThat(call().block(PATIENCE)).isEqualTo(200);
		assertThat(this.makers).hasSize(2).noneMatch(NonBlocking.class::isInstance);
		assertThat(this.server).acceptedConnections(1);
	}

	@Test
	void aClientThatIsClosedMeanwhileConnectsToNobody() {
		AtomicReference<Throwable> error = new AtomicReference<>();
		call().subscribe((status) -> {
		}, error::set);
		await().until(() -> !this.makers.isEmpty());
		this.pool.shutDown().block(PATIENCE);
		await().untilAsserted(() -> assertThat(error.get()).isInstanceOf(ClientClosedException.class));
		this.gate.open();
		await().during(Duration.ofMillis(300)).until(() -> this.server.connections().accepted() == 0);
	}

}
