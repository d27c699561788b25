package dev.connpool.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What nginx does to connections costs no request.
 */
@Transport.Each
class NginxIntegrationTests {

	@RegisterExtension
	final Network network;

	@TempDir
	Path directory;

	@BeforeAll
	static void needsNginx() {
		ServerProcess.assumeInstalled("nginx");
	}

	NginxIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	// B20, B26: on HTTP/2 nginx says which requests it did not begin with
	@ParameterizedTest
	@EnumSource(names = { "H2", "HTTP_1_1" })
	void aReloadLosesNoRequest(Protocol protocol) {
		try (ServerProcess nginx = nginx("keepalive_requests 100000;")) {
			TestClient client = this.network.client((settings) -> settings.protocols(protocol));
			Calls calls = new Calls(client, nginx);
			Traffic traffic = Traffic.start(4_000, (number) -> (number % 10 != 0) ? calls.get()
					: (protocol == Protocol.H2) ? calls.post() : calls.keyedPost());
			for (double share : new double[] { 0.25, 0.5, 0.75 }) {
				traffic.reaches(share);
				Nginx.reload(nginx, this.directory);
			}
			assertThat(traffic.outcomes()).isEqualTo(Map.of("GET", 3_600, "POST", 400));
			HostSnapshot.Counters counters = client.host(nginx).counters();
			assertThat(counters.closedByReason().keySet()).as("%s", counters)
				.isSubsetOf((protocol == Protocol.H2) ? Set.of("goaway")
						: Set.of("peer-closed", "peer-reset", "keep-alive-off"))
				.isNotEmpty();
			assertThat(counters.reused()).as("%s", counters).isGreaterThanOrEqualTo(4_000 - counters.opened());
			nginx.assertLeftBy(client);
		}
	}

	// B4, B20
	@ParameterizedTest
	@CsvSource({ "H2, 500, goaway", "HTTP_1_1, 50, keep-alive-off" })
	void aLimitOfRequestsPerConnectionLosesNone(Protocol protocol, int limit, String reason) {
		try (ServerProcess nginx = nginx("keepalive_requests %d;".formatted(limit))) {
			TestClient client = this.network.client((settings) -> settings.protocols(protocol));
			Calls calls = new Calls(client, nginx);
			Traffic traffic = Traffic.start(2_000, (number) -> (number % 10 != 0) ? calls.get() : calls.post());
			assertThat(traffic.outcomes()).isEqualTo(Map.of("GET", 2_700, "POST", 300));
			nginx.assertLeftBy(client);
			HostSnapshot.Counters counters = client.host(nginx).counters();
			assertThat(counters.closedByReason().get(reason)).as("%s", counters)
				.isBetween(Math.max(1, 2_000L / limit - 32), 2_000L / limit + 1);
		}
	}

	// B10
	@ParameterizedTest
	@CsvSource({ "H2, goaway", "HTTP_1_1, peer-closed" })
	void aConnectionClosedWhileIdleIsGoneAtOnce(Protocol protocol, String reason) {
		try (ServerProcess nginx = nginx("keepalive_timeout 200ms;")) {
			TestClient client = this.network.client((settings) -> settings.protocols(protocol));
			assertThat(client.fetch(nginx.url("/"))).isEqualTo("GET");
			assertThat(client).connections(nginx, 0, 0, 1).connections(nginx, 0, 0, 0);
			await().untilAsserted(
					() -> assertThat(client.host(nginx).counters().closedByReason()).isEqualTo(Map.of(reason, 1L)));
			assertThat(client.fetch(nginx.url("/"))).isEqualTo("GET");
			nginx.assertLeftBy(client);
		}
	}

	// B26: each pause ends about when nginx closes the connection
	@ParameterizedTest
	@EnumSource(names = { "H2", "HTTP_1_1" })
	void aRequestThatMeetsTheEndOfItsConnectionIsNotLost(Protocol protocol) {
		try (ServerProcess nginx = nginx("keepalive_timeout 100ms;")) {
			List<Traffic> callers = IntStream.range(0, 16).mapToObj((caller) -> {
				TestClient client = this.network.client((settings) -> settings.protocols(protocol));
				return Traffic.startOneByOne(20, (number) -> pause(98, 104).then(client.get(nginx.url("/"))));
			}).toList();
			assertThat(Traffic.outcomes(callers)).isEqualTo(Map.of("GET", 16 * 20));
		}
	}

	// What nginx says of a handshake is what the endpoint says
	@Test
	void laterConnectionsResumeTheSessionOfTheFirst() {
		try (ServerProcess nginx = nginx("ssl_session_cache shared:tls:1m;")) {
			TestClient client = this.network.client((settings) -> settings.protocols(Protocol.HTTP_1_1));
			assertThat(client.fetch(nginx.url("/resumed"))).isEqualTo(".");
			assertThat(resumed(client, nginx)).containsExactly(false);
			for (int i = 0; i < 5; i++) {
				client.pooled().closeIdle();
				await().until(() -> client.host(nginx).connections().idle() == 0);
				assertThat(client.fetch(nginx.url("/resumed"))).isEqualTo("r");
				assertThat(resumed(client, nginx)).containsExactly(true);
			}
			client.pooled().closeIdle();
			await().until(() -> client.host(nginx).connections().idle() == 0);
			assertThat(client.fetchTogether(nginx.url("/resumed"), 50)).containsOnly("r");
			assertThat(resumed(client, nginx)).containsOnly(true);
		}
	}

	private static List<Boolean> resumed(TestClient client, ServerProcess nginx) {
		return client.pooled()
			.survey()
			.map((survey) -> survey.hosts().get(nginx.host()).connectionList())
			.flatMapIterable((connections) -> connections)
			.mapNotNull(ConnectionSnapshot::tls)
			.map(ConnectionSnapshot.Tls::sessionReused)
			.collectList()
			.block();
	}

	private static Mono<Long> pause(int least, int most) {
		return Mono.delay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(least, most + 1)));
	}

	private ServerProcess nginx(String directives) {
		return Nginx.start(this.directory, directives);
	}

}
