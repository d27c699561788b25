package dev.connpool.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.LoopbackPort;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What Apache httpd does to connections costs no request.
 */
@Transport.Each
class ApacheIntegrationTests {

	private static final String CONFIGURATION = """
			LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
			LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
			LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
			LoadModule http2_module /usr/lib/apache2/modules/mod_http2.so
			LoadModule lua_module /usr/lib/apache2/modules/mod_lua.so
			ServerName 127.0.0.1
			Listen 127.0.0.1:%d
			DefaultRuntimeDir .
			PidFile httpd.pid
			ErrorLog error.log
			Protocols h2 http/1.1
			SSLEngine on
			SSLCertificateFile server.pem
			SSLSessionCache none
			ThreadsPerChild 64
			ServerLimit 8
			MaxRequestWorkers 512
			LuaMapHandler / answer.lua
			%s
			""";

	private static final String ANSWER = """
			function handle(r)
				r.content_type = "text/plain"
				if r.method == "POST" then
					r:write(r:requestbody())
				else
					r:write("GET")
				end
				return apache2.OK
			end
			""";

	@RegisterExtension
	final Network network;

	@TempDir
	Path directory;

	@BeforeAll
	static void needsApache() {
		ServerProcess.assumeInstalled("apache2");
	}

	ApacheIntegrationTests(Transport transport) {
		this.network = new Network(transport);
		// What servers do is asked of both transports by the tests with nginx.
		this.network.isFor(Transport.DIRECT);
	}

	// B20, B26: its last GOAWAY may name a stream as accepted that is never answered
	@ParameterizedTest
	@EnumSource(names = { "H2", "HTTP_1_1" })
	void aGracefulRestartLosesNoRequest(Protocol protocol) {
		try (ServerProcess apache = apache("MaxKeepAliveRequests 0")) {
			TestClient client = this.network.client((settings) -> settings.protocols(protocol));
			Calls calls = new Calls(client, apache);
			Traffic traffic = Traffic.start(1_500, (number) -> (number % 10 != 0) ? calls.get() : calls.keyedPost());
			for (double share : new double[] { 0.25, 0.5, 0.75 }) {
				traffic.reaches(share);
				apache.run(command("-k", "graceful"));
			}
			assertThat(traffic.outcomes()).isEqualTo(Map.of("GET", 1_350, "POST", 150));
			HostSnapshot.Counters counters = client.host(apache).counters();
			assertThat(counters.closedByReason().keySet()).as("%s", counters)
				.isSubsetOf((protocol == Protocol.H2) ? Set.of("goaway")
						: Set.of("peer-closed", "peer-reset", "keep-alive-off"))
				.isNotEmpty();
			assertThat(counters.reused()).as("%s", counters).isGreaterThanOrEqualTo(1_500 - counters.opened());
			apache.assertLeftBy(client);
		}
	}

	// B4
	@Test
	void aLimitOfRequestsPerConnectionLosesNone() {
		try (ServerProcess apache = apache("MaxKeepAliveRequests 50")) {
			TestClient client = this.network.client((settings) -> settings.protocols(Protocol.HTTP_1_1));
			Calls calls = new Calls(client, apache);
			Traffic traffic = Traffic.start(2_000, (number) -> (number % 10 != 0) ? calls.get() : calls.post());
			assertThat(traffic.outcomes()).isEqualTo(Map.of("GET", 1_800, "POST", 200));
			apache.assertLeftBy(client);
			HostSnapshot.Counters counters = client.host(apache).counters();
			assertThat(counters.closedByReason().get("keep-alive-off")).as("%s", counters)
				.isBetween(2_000 / 50 - 32L, 2_000 / 50 + 0L);
		}
	}

	// B10
	@ParameterizedTest
	@CsvSource({ "H2, goaway", "HTTP_1_1, peer-closed" })
	void aConnectionClosedWhileIdleIsGoneAtOnce(Protocol protocol, String reason) {
		try (ServerProcess apache = apache("KeepAliveTimeout 200ms")) {
			TestClient client = this.network.client((settings) -> settings.protocols(protocol));
			assertThat(client.fetch(apache.url("/"))).isEqualTo("GET");
			assertThat(client).connections(apache, 0, 0, 1).connections(apache, 0, 0, 0);
			await().untilAsserted(
					() -> assertThat(client.host(apache).counters().closedByReason()).isEqualTo(Map.of(reason, 1L)));
			assertThat(client.fetch(apache.url("/"))).isEqualTo("GET");
			apache.assertLeftBy(client);
		}
	}

	private ServerProcess apache(String directives) {
		int port = LoopbackPort.free();
		ServerProcess.configure(this.directory, CONFIGURATION.formatted(port, directives));
		try {
			Files.writeString(this.directory.resolve("answer.lua"), ANSWER);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return ServerProcess.start("https", port, this.directory, command("-DFOREGROUND"));
	}

	private String[] command(String... more) {
		Stream<String> command = Stream.of("apache2", "-d", this.directory.toString(), "-f",
				this.directory.resolve("server.conf").toString());
		return Stream.concat(command, Stream.of(more)).toArray(String[]::new);
	}

}
