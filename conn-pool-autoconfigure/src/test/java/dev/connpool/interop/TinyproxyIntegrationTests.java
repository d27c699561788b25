package dev.connpool.interop;

import java.net.ConnectException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.ConnectionFailedException.Phase;
import dev.connpool.settings.ProxySettings;
import dev.connpool.settings.ProxySettings.Mode;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Failure;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Wire;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tinyproxy between client and server (B30).
 */
class TinyproxyIntegrationTests {

	private static final String CONFIGURATION = """
			Port %d
			Listen 127.0.0.1
			Allow 127.0.0.1
			Timeout 30
			MaxClients 50
			%s
			""";

	private static final String CREDENTIALS = "BasicAuth user pa55word";

	@RegisterExtension
	final Network network = new Network();

	@TempDir
	Path directory;

	@BeforeAll
	static void needsTinyproxy() {
		ServerProcess.assumeInstalled("tinyproxy");
	}

	@ParameterizedTest
	@EnumSource
	void everyProtocolGoesThroughTheProxy(Wire wire) {
		TestServer server = wire.server().start(this.network);
		try (ServerProcess proxy = tinyproxy("")) {
			TestClient client = client(wire, proxy.host(), null, null);
			assertThat(client.fetchTogether(server.url("/hello"), 20)).hasSize(20).containsOnly("hello");
			assertThat(server.protocols()).containsExactly(wire.protocol());
			HostSnapshot host = client.host(server);
			assertThat(host.proxy()).isEqualTo(proxy.host());
			assertThat(host.protocol()).isEqualTo(wire.protocol());
			boolean tunnelled = wire != Wire.H1;
			assertThat(proxy.output())
				.contains(tunnelled ? "CONNECT 127.0.0.1:%d".formatted(server.port()) : "GET " + server.url("/hello"));
			// Connections that nobody waits for any more may still be on their way.
			await().until(() -> client.host(server).connections().total() == client.host(server).connections().idle());
			proxy.assertLeftBy(client);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void tunnelsAreReused(Wire wire) {
		TestServer server = wire.server().start(this.network);
		try (ServerProcess proxy = tinyproxy("")) {
			TestClient client = client(wire, proxy.host(), null, null);
			for (int i = 0; i < 5; i++) {
				assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
			}
			assertThat(server).acceptedConnections(1);
			proxy.assertLeftBy(client);
		}
	}

	@ParameterizedTest
	@EnumSource
	void theProxyIsToldWhoAsks(Wire wire) {
		TestServer server = wire.server()
			.route("/headers",
					(request, response) -> response.sendString(Mono.just(request.requestHeaders().names().toString())))
			.start(this.network);
		try (ServerProcess proxy = tinyproxy(CREDENTIALS)) {
			TestClient client = client(wire, proxy.host(), "user", "pa55word");
			assertThat(client.fetch(server.url("/headers"))).doesNotContainIgnoringCase("proxy-authorization");
			proxy.assertLeftBy(client);
		}
	}

	@Test
	void userNameAndPasswordMayBeInTheUrl() {
		TestServer server = TestServer.h2().start(this.network);
		try (ServerProcess proxy = tinyproxy(CREDENTIALS)) {
			TestClient client = client(Wire.H2, "http://user:pa55word@127.0.0.1:" + proxy.port(), null, null);
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
			assertThat(client.host(server).proxy()).isEqualTo(proxy.host());
			proxy.assertLeftBy(client);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2", "H2C" })
	void aProxyThatAsksForCredentialsIsNamed(Wire wire) {
		TestServer server = wire.server().start(this.network);
		try (ServerProcess proxy = tinyproxy(CREDENTIALS)) {
			TestClient client = client(wire, proxy.host(), null, null);
			assertThat(refusal(client, server)).isEqualTo(
					"Client 'under-test', host %s: the proxy %s (%s) refused the tunnel with 407 Proxy Authentication"
						.formatted(server.host(), proxy.host(), TestClient.property("proxy.url"))
							+ " Required. Check %s and %s, or the user name and password in its URL.".formatted(
									TestClient.property("proxy.username"), TestClient.property("proxy.password")));
			assertThat(server).acceptedConnections(0);
			proxy.assertLeftBy(client);
		}
	}

	@Test
	void aProxyThatDoesNotLikeThePasswordIsNamed() {
		TestServer server = TestServer.h2().start(this.network);
		try (ServerProcess proxy = tinyproxy(CREDENTIALS)) {
			TestClient client = client(Wire.H2, proxy.host(), "user", "pa55wrong");
			assertThat(refusal(client, server)).contains("the proxy " + proxy.host())
				.contains("refused the tunnel with 401 Unauthorized. Check " + TestClient.property("proxy.username"));
			proxy.assertLeftBy(client);
		}
	}

	@Test
	void aProxyThatRefusesIsNamed() {
		TestServer server = TestServer.h2().start(this.network);
		try (ServerProcess proxy = tinyproxy("ConnectPort 443")) {
			TestClient client = client(Wire.H2, proxy.host(), null, null);
			assertThat(refusal(client, server)).contains("the proxy " + proxy.host())
				.contains(
						" refused the tunnel with 403 Access violation. Have it allow this host and port, or reach the"
								+ " host directly by adding it to " + TestClient.property("proxy.no-proxy"));
			assertThat(client.host(server).counters().dialFailedByReason()).isEqualTo(Map.of("connect-error", 1L));
			proxy.assertLeftBy(client);
		}
	}

	@Test
	void namesAreResolvedByTheProxy() {
		try (ServerProcess proxy = tinyproxy("")) {
			TestClient client = client(Wire.H2, proxy.host(), null, null);
			assertThat(refusal(client, "https://no-such-host.invalid/"))
				.contains("host https://no-such-host.invalid:443: ")
				.contains("refused the tunnel with 5")
				.endsWith("Check that the proxy can reach the host.");
			proxy.assertLeftBy(client);
		}
	}

	@Test
	void whatTheProxyLooksUpIsNeverLookedUpHere() {
		TestServer server = TestServer.h2().start(this.network);
		try (ServerProcess proxy = tinyproxy("")) {
			TestClient client = client(Wire.H2, proxy.host(), null, null);
			assertThat(client.fetch("https://localhost:%d/hello".formatted(server.port()))).isEqualTo("hello");
			assertThat(proxy.output()).contains("CONNECT localhost:" + server.port());
			proxy.assertLeftBy(client);
		}
	}

	@Test
	void aHostInNoProxyIsReachedDirectly() {
		TestServer server = TestServer.h2().start(this.network);
		TestClient client = this.network.client((settings) -> settings
			.proxy(new ProxySettings(Mode.EXPLICIT, "http://127.0.0.1:1", List.of("127.0.0.0/8"), null, null)));
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client.host(server).proxy()).isNull();
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aProxyThatIsDownIsNamed(Wire wire) {
		TestServer server = wire.server().start(this.network);
		String proxy = "http://127.0.0.1:" + LoopbackPort.free();
		TestClient client = client(wire, proxy, null, null);
		Failure failure = Failure.of(client.get(server.url("/hello")));
		assertThat(failure.error()).isInstanceOf(ConnectionFailedException.class)
			.hasCauseInstanceOf(ConnectException.class)
			.hasMessageContaining("connecting to the proxy %s (%s) failed after ", proxy,
					TestClient.property("proxy.url"));
		assertThat(server).acceptedConnections(0);
	}

	@Test
	void aProxyThatGoesAwayTakesItsTunnelsWithItAndTheNextRequestSaysSo() {
		TestServer server = TestServer.h2().start(this.network);
		TestClient client;
		try (ServerProcess proxy = tinyproxy("")) {
			client = client(Wire.H2, proxy.host(), null, null);
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		}
		assertThat(client).connections(server, 0, 0, 0);
		assertThat(Failure.of(client.get(server.url("/hello"))).message()).contains("connecting to the proxy ");
	}

	private static String refusal(TestClient client, TestServer server) {
		return refusal(client, server.url("/hello"));
	}

	private static String refusal(TestClient client, String url) {
		Failure failure = Failure.of(client.get(url));
		assertThat(failure.error()).isInstanceOfSatisfying(ConnectionFailedException.class,
				(error) -> assertThat(error.phase()).isEqualTo(Phase.PROXY));
		assertThat(failure.message()).doesNotContain("pa55");
		return failure.message();
	}

	private TestClient client(Wire wire, String url, @Nullable String username, @Nullable String password) {
		return this.network.client((settings) -> {
			TestSettings spoken = wire.settings().apply(settings);
			return spoken.proxy(new ProxySettings(Mode.EXPLICIT, url, List.of(), username, password));
		});
	}

	private ServerProcess tinyproxy(String directives) {
		int port = LoopbackPort.free();
		ServerProcess.configure(this.directory, CONFIGURATION.formatted(port, directives));
		return ServerProcess.start("http", port, this.directory, "tinyproxy", "-d", "-c", "server.conf");
	}

}
