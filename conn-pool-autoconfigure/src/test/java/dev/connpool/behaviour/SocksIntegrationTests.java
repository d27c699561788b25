package dev.connpool.behaviour;

import java.util.List;
import java.util.Set;

import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.ConnectionFailedException.Phase;
import dev.connpool.settings.ProxySettings;
import dev.connpool.settings.ProxySettings.Mode;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.SocksProxy;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A SOCKS5 proxy that asks for a user and a password opens tunnels for either protocol
 * (B30).
 */
class SocksIntegrationTests {

	@RegisterExtension
	final Network network = new Network();

	@ParameterizedTest
	@EnumSource
	void whatIsServedThroughTheProxyIsServedOnPooledConnections(Wire wire) {
		TestServer server = wire.server().bytes("/large", 1 << 20).start(this.network);
		SocksProxy proxy = SocksProxy.start(this.network, server);
		TestClient client = client(wire, proxy, SocksProxy.PASSWORD);
		for (int request = 0; request < 3; request++) {
			assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		}
		assertThat(client.fetch(server.url("/large"))).hasSize(1 << 20);
		assertThat(proxy).acceptedConnections(1);
		assertThat(server).acceptedConnections(1);
		assertThat(proxy.targets()).containsExactly("127.0.0.1:" + server.port());
		assertThat(server.protocols()).isEqualTo(Set.of(wire.protocol()));
		assertThat(client.host(server).proxy()).isEqualTo(proxy.host());
	}

	@ParameterizedTest
	@EnumSource
	void aProxyThatRefusesTheUserIsToldAsTheCause(Wire wire) {
		TestServer server = wire.server().start(this.network);
		SocksProxy proxy = SocksProxy.start(this.network, server);
		TestClient client = client(wire, proxy, "wrong");
		Failure failure = Failure.of(client.get(server.url("/hello")));
		assertThat(failure.error()).isInstanceOfSatisfying(ConnectionFailedException.class,
				(error) -> assertThat(error.phase()).isEqualTo(Phase.PROXY));
		assertThat(failure.message()).contains("the proxy " + proxy.host()).doesNotContain("wrong");
		assertThat(server).acceptedConnections(0);
		assertThat(proxy).settlesAt(0);
		assertThat(client).holdsNothing();
	}

	private TestClient client(Wire wire, SocksProxy proxy, String password) {
		return this.network.client((settings) -> wire.settings()
			.apply(settings)
			.proxy(new ProxySettings(Mode.EXPLICIT, proxy.host(), List.of(), SocksProxy.USER, password)));
	}

}
