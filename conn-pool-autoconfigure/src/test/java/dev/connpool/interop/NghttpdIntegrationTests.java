package dev.connpool.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.connpool.settings.Protocol;
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

/**
 * The server of nghttp2, the reference implementation of HTTP/2.
 */
@Transport.Each
class NghttpdIntegrationTests {

	@RegisterExtension
	final Network network;

	@TempDir
	Path directory;

	@BeforeAll
	static void needsNghttpd() {
		ServerProcess.assumeInstalled("nghttpd");
	}

	NghttpdIntegrationTests(Transport transport) {
		this.network = new Network(transport);
		// What servers do is asked of both transports by the tests with nginx.
		this.network.isFor(Transport.DIRECT);
	}

	// B18
	@ParameterizedTest
	@CsvSource({ "H2, 100, 1000", "H2C, 100, 1000", "H2, 10, 100", "H2C, 1, 20" })
	void noMoreConnectionsThanTheStreamLimitAsksFor(Protocol protocol, int limit, int requests) {
		try (ServerProcess nghttpd = nghttpd(protocol, "--max-concurrent-streams=" + limit)) {
			TestClient client = this.network.client((settings) -> settings.protocols(protocol));
			assertThat(client.fetchTogether(nghttpd.url("/"), requests)).hasSize(requests).containsOnly("GET");
			assertThat(client.host(nghttpd).counters().opened()).isBetween(1L, (long) requests / limit);
			nghttpd.assertLeftBy(client);
		}
	}

	// B18
	@ParameterizedTest
	@CsvSource({ "H2, 100", "H2C, 10" })
	void strictlyOneConnectionWhateverTheStreamLimit(Protocol protocol, int limit) {
		try (ServerProcess nghttpd = nghttpd(protocol, "--max-concurrent-streams=" + limit)) {
			TestClient client = this.network
				.client((settings) -> settings.protocols(protocol).strictMaxConcurrentStreams());
			assertThat(client.fetchTogether(nghttpd.url("/"), 1000)).hasSize(1000).containsOnly("GET");
			assertThat(client.host(nghttpd).counters().opened()).isEqualTo(1);
			nghttpd.assertLeftBy(client);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void manyRequestsShareOneConnection(Protocol protocol) {
		try (ServerProcess nghttpd = nghttpd(protocol, "--echo-upload")) {
			TestClient client = this.network.client((settings) -> settings.protocols(protocol));
			Calls calls = new Calls(client, nghttpd);
			Traffic traffic = Traffic.start(1_000, (number) -> (number % 10 != 0) ? calls.get() : calls.post());
			assertThat(traffic.outcomes()).isEqualTo(Map.of("GET", 900, "POST", 100));
			assertThat(client.host(nghttpd).counters().opened()).isEqualTo(1);
			assertThat(client.host(nghttpd).counters().reused()).isEqualTo(999);
			nghttpd.assertLeftBy(client);
		}
	}

	// Push is disabled by SETTINGS_ENABLE_PUSH (RFC 9113, section 6.5.2)
	@Test
	void aServerThatWouldPushDoesNot() {
		try (ServerProcess nghttpd = nghttpd(Protocol.H2C, "--push=/=/pushed", "--verbose")) {
			TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
			assertThat(client.fetch(nghttpd.url("/"))).isEqualTo("GET");
			nghttpd.assertLeftBy(client);
			assertThat(nghttpd.output()).contains("recv SETTINGS").doesNotContain("PUSH_PROMISE");
		}
	}

	private ServerProcess nghttpd(Protocol protocol, String... options) {
		int port = LoopbackPort.free();
		ServerProcess.configure(this.directory, "");
		write("index.html", "GET");
		write("pushed", "nobody asked for this");
		Stream<String> command = Stream.of("nghttpd", "--address=127.0.0.1", "--htdocs=" + this.directory);
		List<String> end = (protocol == Protocol.H2) ? List.of(String.valueOf(port), "server.pem", "server.pem")
				: List.of("--no-tls", String.valueOf(port));
		return ServerProcess.start((protocol == Protocol.H2) ? "https" : "http", port, this.directory,
				Stream.of(command, Stream.of(options), end.stream()).flatMap((part) -> part).toArray(String[]::new));
	}

	private void write(String name, String content) {
		try {
			Files.writeString(this.directory.resolve(name), content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
