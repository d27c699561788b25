package dev.connpool.testing;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.client.TlsMaterial;
import dev.connpool.listener.ConnectionListener;
import dev.connpool.listener.ConnectionListeners;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.netty.resources.LoopResources;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The servers and clients of one test. Afterwards it closes the clients and asserts that
 * they left nothing behind: no connection, no buffer, and books that balance (N1).
 */
public final class Network implements BeforeEachCallback, AfterEachCallback {

	private static final LoopResources LOOPS = LoopResources.create("test-client", 2, true);

	private static final Set<Transport> WARM = ConcurrentHashMap.newKeySet();

	static {
		Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
	}

	private final Transport transport;

	private final DirectRequests sent = new DirectRequests();

	private boolean leftOut;

	private final List<ObservedServer> servers = new CopyOnWriteArrayList<>();

	private final List<TestClient> clients = new CopyOnWriteArrayList<>();

	/** A network whose clients are on Reactor Netty. */
	public Network() {
		this(Transport.REACTOR_NETTY);
	}

	/** A network whose clients are on a transport. */
	public Network(Transport transport) {
		this.transport = transport;
	}

	public Transport transport() {
		return this.transport;
	}

	/** Leave out a test that is about another transport than the present one. */
	public void isFor(Transport transport) {
		this.leftOut = this.transport != transport;
		Assumptions.assumeFalse(this.leftOut, () -> "It is about " + transport);
	}

	/** A client with the shipped settings. */
	public TestClient client() {
		return client((settings) -> settings);
	}

	/** A client with changed settings, trusting {@link TestCertificate#LOOPBACK}. */
	public TestClient client(UnaryOperator<TestSettings> change) {
		return client(TestCertificate.LOOPBACK.trusted(), change, List.of());
	}

	/** A client on a transport, beside those on another, with changed settings. */
	public TestClient client(Transport transport, UnaryOperator<TestSettings> change) {
		return client(transport, TestCertificate.LOOPBACK.trusted(), change, List.of());
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
		return client(this.transport, tls, change, listeners);
	}

	private TestClient client(Transport transport, TlsMaterial tls, UnaryOperator<TestSettings> change,
			List<ConnectionListener> listeners) {
		TestClient client = new TestClient(
				new PooledHttpClient(TestClient.NAME, change.apply(new TestSettings()).build(), tls, LOOPS,
						new ConnectionListeners(listeners)),
				transport, (transport != Transport.REACTOR_NETTY) ? this.sent : null);
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
		if (WARM.add(this.transport)) {
			warmUp();
		}
		BufferLeaks.watch(context);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		SoftAssertions.assertSoftly((softly) -> {
			softly.check(this::assertTransport);
			this.clients.forEach((client) -> softly.assertThatCode(client.pooled()::close).doesNotThrowAnyException());
			this.servers.forEach(ObservedServer::readOn);
			this.servers.forEach((server) -> softly.check(() -> server.assertThat().settlesAt(0)));
			this.clients.forEach((client) -> softly.check(() -> client.assertThat().holdsNothing()));
			this.servers.forEach((server) -> softly.assertThatCode(server::close).doesNotThrowAnyException());
		});
	}

	// A test that goes around the transport would prove nothing about it
	private void assertTransport() {
		if (!this.leftOut && this.clients.stream().anyMatch(TestClient::isDirect)) {
			assertThat(this.sent.count()).as("requests on the direct transport").isPositive();
		}
	}

	// What is slow only once must not count towards the deadline of the first test
	private void warmUp() {
		for (Wire wire : Wire.values()) {
			TestServer server = wire.server().start(this);
			client(wire.settings()).get(server.url("/hello")).onErrorComplete().block();
		}
		this.sent.reset();
	}

}
