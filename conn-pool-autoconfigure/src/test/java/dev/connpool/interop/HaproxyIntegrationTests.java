package dev.connpool.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

import dev.connpool.settings.Protocol;
import dev.connpool.testing.Gate;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * HAProxy in front of a server: its time-outs cost no request that can be saved, and
 * those that cannot are answered by it.
 */
@Transport.Each
class HaproxyIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final String CONFIGURATION = """
			global
				maxconn 500
				hard-stop-after 10s
			defaults
				mode http
				timeout connect 5s
				timeout client 10s
				timeout server 10s
				%s
			frontend tls
				bind 127.0.0.1:%d ssl crt server.pem alpn h2,http/1.1
				default_backend server
			backend server
				server server 127.0.0.1:%d
			""";

	@RegisterExtension
	final Network network;

	@TempDir
	Path directory;

	private final Gate gate = new Gate();

	@BeforeAll
	static void needsHaproxy() {
		ServerProcess.assumeInstalled("haproxy");
	}

	HaproxyIntegrationTests(Transport transport) {
		this.network = new Network(transport);
		// What servers do is asked of both transports by the tests with nginx.
		this.network.isFor(Transport.DIRECT);
	}

	// B10
	@ParameterizedTest
	@CsvSource({ "H2, goaway", "HTTP_1_1, peer-closed" })
	void aConnectionClosedWhileIdleIsGoneAtOnce(Protocol protocol, String reason) {
		try (ServerProcess haproxy = haproxy("timeout http-keep-alive 200ms")) {
			TestClient client = this.network.client((settings) -> settings.protocols(protocol));
			assertThat(client.fetch(haproxy.url("/"))).isEqualTo("GET");
			assertThat(client).connections(haproxy, 0, 0, 1).connections(haproxy, 0, 0, 0);
			await().untilAsserted(
					() -> assertThat(client.host(haproxy).counters().closedByReason()).isEqualTo(Map.of(reason, 1L)));
			assertThat(client.fetch(haproxy.url("/"))).isEqualTo("GET");
			haproxy.assertLeftBy(client);
		}
	}

	// B26: each pause ends about when HAProxy closes the connection
	@ParameterizedTest
	@EnumSource(names = { "H2", "HTTP_1_1" })
	void aRequestThatMeetsTheEndOfItsConnectionIsNotLost(Protocol protocol) {
		try (ServerProcess haproxy = haproxy("timeout http-keep-alive 100ms")) {
			List<Traffic> callers = IntStream.range(0, 16).mapToObj((caller) -> {
				TestClient client = this.network.client((settings) -> settings.protocols(protocol));
				return Traffic.startOneByOne(20, (number) -> pause(98, 104).then(client.get(haproxy.url("/"))));
			}).toList();
			assertThat(Traffic.outcomes(callers)).isEqualTo(Map.of("GET", 16 * 20));
		}
	}

	private static Mono<Long> pause(int least, int most) {
		return Mono.delay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(least, most + 1)));
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "HTTP_1_1" })
	void anAnswerInPlaceOfASlowServerIsDelivered(Protocol protocol) {
		try (ServerProcess haproxy = haproxy("timeout server 200ms")) {
			TestClient client = this.network.client((settings) -> settings.protocols(protocol));
			Mono<Integer> status = client.request("GET", haproxy.url("/held")).status();
			assertThat(status.block(PATIENCE)).isEqualTo(504);
			assertThat(client.fetch(haproxy.url("/"))).isEqualTo("GET");
			this.gate.open();
			haproxy.assertLeftBy(client);
		}
	}

	// B34: HAProxy waits for the rest of the body, answers, and closes
	@ParameterizedTest
	@EnumSource(names = { "H2", "HTTP_1_1" })
	void anAnswerInPlaceOfASlowUploadIsDelivered(Protocol protocol) {
		try (ServerProcess haproxy = haproxy(
				"timeout client 300ms\noption http-buffer-request\ntimeout http-request 200ms")) {
			TestClient client = this.network.client((settings) -> settings.protocols(protocol));
			Mono<Integer> status = client.request("POST", haproxy.url("/"))
				.body(Flux.just("some").concatWith(this.gate.opened().cast(String.class)))
				.status();
			assertThat(status.block(PATIENCE)).isEqualTo(408);
			assertThat(client.fetch(haproxy.url("/"))).isEqualTo("GET");
			haproxy.assertLeftBy(client);
		}
	}

	private ServerProcess haproxy(String directives) {
		TestServer server = TestServer.h1().text("/", "GET").hold("/held", this.gate).start(this.network);
		int port = LoopbackPort.free();
		ServerProcess.configure(this.directory, CONFIGURATION.formatted(directives, port, server.port()));
		return ServerProcess.start("https", port, this.directory, "haproxy", "-W", "-f", "server.conf");
	}

}
