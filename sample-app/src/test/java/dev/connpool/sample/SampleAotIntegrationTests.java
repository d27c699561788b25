package dev.connpool.sample;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.test.util.TestSocketUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Starts the packaged application as it was processed ahead of time.
 */
class SampleAotIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final HttpClient http = HttpClient.newHttpClient();

	private final int port = TestSocketUtils.findAvailableTcpPort();

	private final List<Process> started = new ArrayList<>();

	@TempDir
	private Path directory;

	@AfterEach
	void end() {
		this.started.forEach(Process::destroyForcibly);
	}

	@Test
	void namedClientsAndTheEndpointServe() throws Exception {
		Process sample = start("--server.port=" + this.port,
				"--sample.backend-port=" + TestSocketUtils.findAvailableTcpPort());
		await().atMost(PATIENCE).until(() -> !sample.isAlive() || output().contains("Started SampleApplication"));
		assertThat(output()).contains("Starting AOT-processed SampleApplication");
		assertThat(get("/try/orders?requests=10", "*/*")).contains("\"failed\":0");
		assertThat(get("/actuator/connpool/orders", "application/json")).contains("\"maxConnectionsPerHost\":20",
				"\"acquired\":10");
		assertThat(get("/actuator/connpool/unknown", "application/json")).contains("There is no client 'unknown'");
		assertThat(get("/actuator/connpool", "text/html")).startsWith("<!DOCTYPE html>");
	}

	@Test
	void aWrongPropertyStopsTheStartWithASentence() throws Exception {
		Process sample = start("--conn-pool.clients.orders.pool.max-connections-per-host=-1");
		assertThat(sample.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(sample.exitValue()).isEqualTo(1);
		assertThat(output()).contains("APPLICATION FAILED TO START",
				"Property 'conn-pool.clients.orders.pool.max-connections-per-host' is '-1' but must be at least 0");
	}

	private Process start(String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
				"-Dspring.aot.enabled=true", "-jar", System.getProperty("sample.jar"),
				"--spring.main.log-startup-info=true", "--logging.level.dev.connpool.sample=info"));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log()).start();
		this.started.add(process);
		return process;
	}

	private File log() {
		return this.directory.resolve("output.log").toFile();
	}

	private String output() throws IOException {
		return Files.readString(log().toPath());
	}

	private String get(String path, String accepted) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:%d%s".formatted(this.port, path)))
			.header("Accept", accepted)
			.build();
		return this.http.send(request, HttpResponse.BodyHandlers.ofString()).body();
	}

}
