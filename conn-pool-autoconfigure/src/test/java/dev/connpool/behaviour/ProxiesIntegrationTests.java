package dev.connpool.behaviour;

import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;

import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.ConnectionFailedException.Phase;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.ProxySettings;
import dev.connpool.settings.ProxySettings.Mode;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.transport.ProxyProvider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Proxies that no installed one is: found by system properties, silent, or rude (B30).
 */
class ProxiesIntegrationTests {

	private static final Duration DEADLINE = Duration.ofMillis(500);

	private static final Map<String, String> SYSTEM = Map.of("http.proxyHost", "127.0.0.1", "http.proxyUser", "me",
			"http.proxyPassword", "secret");

	/** An HTTP/2 frame (RFC 9113, section 6.5). */
	private static final String SETTINGS_OF_7_STREAMS = "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\7";

	@RegisterExtension
	final Network network = new Network();

	private final Deque<String> heads = new ConcurrentLinkedDeque<>();

	@AfterEach
	void forgetSystemProperties() {
		SYSTEM.keySet().forEach(System::clearProperty);
		System.clearProperty("http.proxyPort");
	}

	@ParameterizedTest
	@ValueSource(strings = { "SYSTEM", "ENVIRONMENT" })
	void aProxyOfTheSystemPropertiesForwardsWhatItAloneCanResolve(Mode mode) {
		RawServer proxy = forwarding();
		use(proxy);
		TestClient client = client(new ProxySettings(mode, null, List.of(), null, null));
		assertThat(client.fetch("http://no-such-host.invalid/path?a=b")).isEqualTo("hello");
		assertThat(client.fetch("http://no-such-host.invalid/path?a=b")).isEqualTo("hello");
		assertThat(this.heads).hasSize(2)
			.allSatisfy(
					(head) -> assertThat(head).startsWith("GET http://no-such-host.invalid:80/path?a=b HTTP/1.1\r\n")
						.containsIgnoringCase("host: no-such-host.invalid")
						.containsOnlyOnce("proxy-authorization: Basic bWU6c2VjcmV0"));
		assertThat(proxy).acceptedConnections(1);
		assertThat(client.pooled().snapshot().hosts().get("http://no-such-host.invalid:80").proxy())
			.isEqualTo("http://127.0.0.1:" + proxy.port());
	}

	@ParameterizedTest
	@ValueSource(strings = { "SYSTEM", "ENVIRONMENT" })
	void loopbackIsNeverReachedThroughAProxyOfTheEnvironment(Mode mode) {
		RawServer proxy = forwarding();
		use(proxy);
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = client(new ProxySettings(mode, null, List.of(), null, null));
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client.fetch("http://localhost:%d/hello".formatted(server.port()))).isEqualTo("hello");
		assertThat(proxy).acceptedConnections(0);
	}

	@Test
	void noneIgnoresSystemProperties() {
		RawServer proxy = forwarding();
		use(proxy);
		TestClient client = client(new ProxySettings(Mode.NONE, null, List.of(), null, null));
		assertThat(Failure.of(client.get("http://no-such-host.invalid/")).error()).isInstanceOfSatisfying(
				ConnectionFailedException.class, (error) -> assertThat(error.phase()).isEqualTo(Phase.DNS));
		assertThat(proxy).acceptedConnections(0);
	}

	@Test
	void theTunnelTakesOnlySoLong() {
		RawServer proxy = RawServer.silent(this.network, "http");
		TestClient client = client(explicit(proxy));
		List<Failure> failures = Failure.ofAll(client.get("https://no-such-host.invalid/"), 20);
		assertThat(failures).hasSize(20).allSatisfy((failure) -> {
			assertThat(failure.after()).isBetween(DEADLINE.minusMillis(50), DEADLINE.multipliedBy(3));
			assertThat(failure.message()).isEqualTo(
					"Client 'under-test', host https://no-such-host.invalid:443: opening a tunnel through the proxy %s"
						.formatted(proxy.host())
							+ " (%s) was not over within 500 ms. Check that the proxy is reachable, or raise %s."
								.formatted(TestClient.property("proxy.url"), TestClient.property("timeouts.connect")));
		});
		assertThat(proxy).settlesAt(0);
		assertThat(client).holdsNothing();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "HTTP/1.1 200 OK", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 502 Bad Gateway\r\n\r\n",
			"HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 1000 OK\r\n\r\n",
			"HTTP/1.1 0 OK\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", "HTTP/1.1 700 Eh\r\n\r\n",
			"HTTP/1.1 403 No\r\nContent-Length: 100000\r\n\r\npart",
			"HTTP/1.1 407 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" })
	void whateverElseTheProxySaysIsToldAsItsFault(String answer) {
		RawServer proxy = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write(answer);
			connection.close();
		});
		TestClient client = client(explicit(proxy));
		Failure failure = Failure.of(client.get("https://no-such-host.invalid/"));
		assertThat(failure.error()).isInstanceOfSatisfying(ConnectionFailedException.class,
				(error) -> assertThat(error.phase()).isEqualTo(Phase.PROXY));
		assertThat(failure.message()).contains("the proxy " + proxy.host());
		assertThat(client).holdsNothing();
	}

	@Test
	void aRefusalThatNeverEndsIsToldAtOnce() {
		RawServer proxy = RawServer.answering(this.network, "HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\n");
		TestClient client = client(explicit(proxy));
		Failure failure = Failure.of(client.get("https://no-such-host.invalid/"));
		assertThat(failure.message()).contains("refused the tunnel with 403 No. ");
		assertThat(proxy).settlesAt(0);
	}

	@Test
	void anInterimResponseIsNoTunnel() {
		RawServer proxy = RawServer.answering(this.network,
				"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 504 Too Late\r\n\r\n");
		TestClient client = client(explicit(proxy));
		assertThat(Failure.of(client.get("https://no-such-host.invalid/")).message())
			.contains("refused the tunnel with 504 Too Late. ");
	}

	// RFC 9110, section 9.3.6: any success will do, and none has a body
	@ParameterizedTest
	@ValueSource(strings = { "200 Connected\r\nX: y", "201 Created", "202 Accepted\r\nContent-Length: 1000",
			"204 No Content", "299 Whatever\r\nTransfer-Encoding: chunked", "200 OK\r\nContent-Length: 5" })
	void whatTheServerSendsRightAfterTheAnswerOfTheProxyIsItsOwn(String answer) {
		RawServer proxy = RawServer.start(this.network, (connection) -> {
			this.heads.add(String.valueOf(connection.readHead()));
			connection.write("HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 " + answer + "\r\n\r\n" + SETTINGS_OF_7_STREAMS);
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C).proxy(explicit(proxy)));
		client.begin("http://no-such-host.invalid/", 1);
		await().untilAsserted(
				() -> assertThat(client.pooled().snapshot().hosts().get("http://no-such-host.invalid:80").streams())
					.isEqualTo(new HostSnapshot.Streams(1, 7)));
		assertThat(this.heads).first().asString().startsWith("CONNECT no-such-host.invalid:80 HTTP/1.1\r\n");
	}

	@Test
	void theProxyOfACustomizerWins() {
		RawServer proxy = forwarding();
		TestClient client = client(explicit(proxy));
		Failure failure = Failure.of(client.httpClient()
			.noProxy()
			.proxy((spec) -> spec.type(ProxyProvider.Proxy.HTTP).host("127.0.0.1").port(1))
			.get()
			.uri("http://no-such-host.invalid/")
			.response());
		assertThat(failure.error()).isInstanceOf(ConnectionFailedException.class);
		assertThat(proxy).acceptedConnections(0);
	}

	private RawServer forwarding() {
		return RawServer.start(this.network, (connection) -> {
			String head = connection.readHead();
			while (head != null) {
				this.heads.add(head);
				connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
				head = connection.readHead();
			}
		});
	}

	private static void use(RawServer proxy) {
		SYSTEM.forEach(System::setProperty);
		System.setProperty("http.proxyPort", String.valueOf(proxy.port()));
	}

	private static ProxySettings explicit(RawServer proxy) {
		return new ProxySettings(Mode.EXPLICIT, proxy.host(), List.of(), null, null);
	}

	private TestClient client(ProxySettings proxy) {
		return this.network.client((settings) -> settings.connect(DEADLINE).proxy(proxy));
	}

}
