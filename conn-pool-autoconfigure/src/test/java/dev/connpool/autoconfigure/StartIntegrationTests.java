package dev.connpool.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an application loads before it has started, in a JVM of its own.
 */
class StartIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@TempDir
	Path directory;

	private Path output;

	private Process process;

	@BeforeEach
	void start() throws IOException {
		this.output = this.directory.resolve("output.log");
		this.process = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(),
				"-Xlog:class+load:stdout:none", "-cp", withoutServer(), StartApplication.class.getName())
			.redirectErrorStream(true)
			.redirectOutput(this.output.toFile())
			.start();
	}

	@AfterEach
	void stop() {
		this.process.destroyForcibly();
	}

	@Test
	void whatOnlyAConnectionNeedsIsNotLoadedBefore() throws IOException {
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(loaded()).contains(StartApplication.STARTED));
		assertThat(loaded().takeWhile((line) -> !line.equals(StartApplication.STARTED)))
			.contains("reactor.netty.http.client.HttpClient")
			.doesNotContain("io.netty.handler.ssl.JdkSslContext$Defaults", "io.netty.channel.epoll.Native",
					"io.netty.handler.codec.quic.Quiche", "io.netty.resolver.dns.DnsNameResolver",
					"reactor.core.publisher.FluxArray");
	}

	@Test
	void theTrustStoreIsReadBeforeTheFirstConnectionAsksForIt() {
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(loaded()).containsSubsequence(StartApplication.STARTED,
					"sun.security.ssl.TrustStoreManager"));
	}

	// A server that runs on Reactor Netty has loaded the transport for itself
	private static String withoutServer() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("spring-boot-reactor-netty"))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private Stream<String> loaded() throws IOException {
		return Files.readAllLines(this.output).stream().map((line) -> line.replaceFirst(" source:.*", ""));
	}

}
