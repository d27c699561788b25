package dev.connpool.behaviour;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

import dev.connpool.settings.Protocol;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestServer.Arrival;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a caller was told is over is over, without a moment to get there.
 */
class PromptnessIntegrationTests {

	@RegisterExtension
	final Network network = new Network();

	// B9
	@ParameterizedTest
	@EnumSource
	void closeIdleClosesAConnectionWhoseCallerIsBack(Wire wire) {
		for (int round = 0; round < 20; round++) {
			TestServer server = wire.server().start(this.network);
			TestClient client = this.network.client(wire.settings());
			client.fetch(server.url("/hello"));
			client.pooled().closeIdle();
			assertThat(server).settlesAt(0, Duration.ofSeconds(1));
		}
	}

	// B2
	@ParameterizedTest
	@EnumSource(names = { "H1", "H1_TLS" })
	void aCallerThatIsBackGetsItsConnectionAgain(Wire wire) {
		TestServer server = wire.server().slow("/slow", Duration.ofMillis(20)).start(this.network);
		TestClient client = this.network.client();
		client.fetchTogether(server.url("/slow"), 3);
		assertThat(client).connections(server, 0, 0, 3);
		for (int request = 0; request < 200; request++) {
			client.fetch(server.url("/hello"));
		}
		Set<String> used = new HashSet<>();
		server.arrivals()
			.stream()
			.filter((arrival) -> arrival.path().equals("/hello"))
			.map(Arrival::connection)
			.forEach(used::add);
		assertThat(used).hasSize(1);
	}

	// B18
	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void aSecondBurstFitsWhereTheFirstDid(Wire wire) {
		for (int round = 0; round < 10; round++) {
			TestServer server = wire.server()
				.maxConcurrentStreams(10)
				.slow("/slow", Duration.ofMillis(30))
				.start(this.network);
			TestClient client = this.network.client(wire.settings());
			client.fetchTogether(server.url("/slow"), 100);
			client.fetchTogether(server.url("/slow"), 100);
			assertThat(server).acceptedAtMost(10);
		}
	}

	// N1
	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void closeEndsConnectionsThatAreBeingOpened(Wire wire) {
		RawServer server = RawServer.silent(this.network, "https");
		TestClient client = this.network
			.client((settings) -> settings.protocols(wire.multiplexed() ? Protocol.H2 : Protocol.HTTP_1_1)
				.tlsHandshake(Duration.ofSeconds(20)));
		Disposable call = client.get(server.url("/")).onErrorComplete().subscribe();
		assertThat(server).settlesAt(1);
		client.pooled().close();
		assertThat(server).settlesAt(0, Duration.ofSeconds(1));
		call.dispose();
	}

}
