package dev.connpool.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.client.TlsMaterial;
import dev.connpool.listener.ConnectionListener;
import dev.connpool.listener.ConnectionListeners;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.netty.resources.LoopResources;

/**
 * The servers and clients of one test. Afterwards it closes the clients and asserts that
 * they left nothing behind: no connection, no buffer, and books that balance (N1).
 */
public final class Network implements BeforeEachCallback, AfterEachCallback {

	private static final LoopResources LOOPS = LoopResources.create("test-client", 2, true);

	private static final AtomicBoolean COLD = new AtomicBoolean(true);

	static {
		Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
	}

	private final List<ObservedServer> servers = new CopyOnWriteArrayList<>();

	private final List<TestClient> clients = new CopyOnWriteArrayList<>();

	/** A client with the shipped settings. */
	public TestClient client() {
		return client((settings) -> settings);
	}

	/** A client with changed settings, trusting {@link TestCertificate#LOOPBACK}. */
	public TestClient client(UnaryOperator<TestSettings> change) {
		return client(TestCertificate.LOOPBACK.trusted(), change, List.of());
	}

	/** A client with changed settings and TLS material. */
	public TestClient client(TlsMaterial tls, UnaryOperator<TestSettings> change) {
		return client(tls, change, List.of());
	}

	/** A client with changed settings that tells what its connections do. */
	public TestClient client(UnaryOperator<TestSettings> change, ConnectionListener... listeners) {
		return client(TestCertificate.LOOPBACK.trusted(), change, List.of(listeners));
	}

	private TestClient client(TlsMaterial tls, UnaryOperator<TestSettings> change, List<ConnectionListener> listeners) {
		TestClient client = new TestClient(new PooledHttpClient(TestClient.NAME,
				change.apply(new TestSettings()).build(), tls, LOOPS, new ConnectionListeners(listeners)));
		this.clients.add(client);
		return client;
	}

	/** A server that follows a script, to be stopped with the network. */
	public ScriptedServer scripted(Wire wire) {
		return add(wire.scripted());
	}

	<S extends ObservedServer> S add(S server) {
		this.servers.add(server);
		return server;
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		if (COLD.compareAndSet(true, false)) {
			warmUp();
		}
		BufferLeaks.watch(context);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		SoftAssertions.assertSoftly((softly) -> {
			this.clients.forEach((client) -> softly.assertThatCode(client.pooled()::close).doesNotThrowAnyException());
			this.servers.forEach(ObservedServer::readOn);
			this.servers.forEach((server) -> softly.check(() -> server.assertThat().settlesAt(0)));
			this.clients.forEach((client) -> softly.check(() -> client.assertThat().holdsNothing()));
			this.servers.forEach((server) -> softly.assertThatCode(server::close).doesNotThrowAnyException());
		});
	}

	// What is slow only once must not count towards the deadline of the first test
	private void warmUp() {
		for (Wire wire : Wire.values()) {
			TestServer server = wire.server().start(this);
			client(wire.settings()).get(server.url("/hello")).onErrorComplete().block();
		}
	}

}
