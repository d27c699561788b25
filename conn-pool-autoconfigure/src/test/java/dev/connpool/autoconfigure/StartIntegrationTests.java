package dev.connpool.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application loads before it has started, in a JVM of its own.
 */
@Timeout(60)
class StartIntegrationTests {

	private Process process;

	private BufferedReader output;

	@BeforeEach
	void start() throws IOException {
		this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xlog:class+load:stdout:none", "-cp", System.getProperty("java.class.path"),
				StartApplication.class.getName())
			.redirectErrorStream(true)
			.start();
		this.output = this.process.inputReader();
	}

	@AfterEach
	void stop() {
		this.process.destroyForcibly();
	}

	@Test
	void whatOnlyAConnectionNeedsIsNotLoadedBefore() throws IOException {
		assertThat(until(StartApplication.STARTED)).anyMatch(classes("reactor.netty.http.client.HttpClient"))
			.noneMatch(classes("io.netty.handler.ssl.JdkSslContext$Defaults"))
			.noneMatch(classes("io.netty.channel.epoll.Native"))
			.noneMatch(classes("io.netty.handler.codec.quic.Quiche"))
			.noneMatch(classes("io.netty.resolver.dns.DnsNameResolver"))
			.noneMatch(classes("reactor.core.publisher.FluxArray"));
	}

	@Test
	void theTrustStoreIsReadBeforeTheFirstConnectionAsksForIt() throws IOException {
		until(StartApplication.STARTED);
		assertThat(until("sun.security.ssl.TrustStoreManager ")).isNotEmpty();
	}

	private static Predicate<String> classes(String name) {
		return (line) -> line.startsWith(name + " ");
	}

	private List<String> until(String last) throws IOException {
		List<String> lines = new ArrayList<>();
		String line = this.output.readLine();
		while (!line.startsWith(last)) {
			lines.add(line);
			line = this.output.readLine();
			assertThat(line).as("the output ended after %s", lines).isNotNull();
		}
		return lines;
	}

}
