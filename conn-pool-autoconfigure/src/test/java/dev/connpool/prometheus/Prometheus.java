package dev.connpool.prometheus;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.connpool.testing.LoopbackPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A real Prometheus on loopback that scrapes one application.
 */
final class Prometheus implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final HttpClient http = HttpClient.newHttpClient();

	private final JsonMapper json = new JsonMapper();

	private final Process process;

	private final Path log;

	private final int port;

	private Prometheus(Process process, Path log, int port) {
		this.process = process;
		this.log = log;
		this.port = port;
	}

	/** Whether Prometheus and its tool are installed. */
	static boolean isInstalled() {
		return Stream.of("prometheus", "promtool").allMatch((binary) -> {
			try {
				return run(List.of(binary, "--version")).exitCode() == 0;
			}
			catch (IOException ex) {
				return false;
			}
		});
	}

	/** Scrape an application on loopback twice a second. */
	static Prometheus scraping(int port, Path directory) throws IOException {
		Path config = Files.writeString(directory.resolve("prometheus.yml"), """
				global:
				  scrape_interval: 500ms
				  scrape_timeout: 500ms
				scrape_configs:
				  - job_name: conn-pool
				    metrics_path: /actuator/prometheus
				    static_configs:
				      - targets: ["127.0.0.1:%d"]
				""".formatted(port));
		int own = LoopbackPort.free();
		Path log = directory.resolve("prometheus.log");
		Process process = new ProcessBuilder("prometheus", "--config.file=" + config,
				"--storage.tsdb.path=" + directory.resolve("data"), "--web.listen-address=127.0.0.1:" + own)
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		return new Prometheus(process, log, own);
	}

	/** Run the tool that comes with Prometheus. */
	static Outcome tool(String... arguments) throws IOException {
		return run(Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList());
	}

	private static Outcome run(List<String> command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		try {
			return new Outcome(process.waitFor(), output);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Evaluate an expression now. */
	JsonNode query(String expression) {
		return get("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
	}

	/** How scraping goes, and what last went wrong. */
	JsonNode targets() {
		return get("targets").path("data").path("activeTargets");
	}

	private JsonNode get(String path) {
		URI uri = URI.create("http://127.0.0.1:%d/api/v1/%s".formatted(this.port, path));
		try {
			HttpResponse<String> response = this.http.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
					HttpResponse.BodyHandlers.ofString());
			return this.json.readTree(response.body());
		}
		catch (IOException ex) {
			throw new IllegalStateException("No answer: " + ex + "\n" + read(this.log), ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	@Override
	public void close() {
		this.process.destroy();
		this.process.onExit().completeOnTimeout(this.process, PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
		this.process.destroyForcibly().onExit().join();
	}

	/**
	 * How a command ended.
	 *
	 * @param exitCode its exit code
	 * @param output what it wrote
	 */
	record Outcome(int exitCode, String output) {
	}

}
