package dev.connpool.behaviour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.connpool.blocking.BlockingRequestFactory;
import dev.connpool.connector.PooledConnector;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpExchangeAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Callers on virtual threads block, each its own thread and no other.
 */
@EnabledForJreRange(min = JRE.JAVA_24)
class VirtualThreadsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration NOTICEABLE = Duration.ofMillis(20);

	private static final int CALLERS = 1000;

	@RegisterExtension
	final Network network = new Network();

	@TempDir
	private Path directory;

	private final ExecutorService threads = virtualThreads();

	@AfterEach
	void end() {
		this.threads.shutdownNow();
	}

	@ParameterizedTest
	@CsvSource({ "H1, WEB_CLIENT", "H1, REST_CLIENT", "H1, WEB_CLIENT_SERVICE", "H1, REST_CLIENT_SERVICE",
			"H2, WEB_CLIENT", "H2, REST_CLIENT", "H2, WEB_CLIENT_SERVICE", "H2, REST_CLIENT_SERVICE" })
	void aThousandBlockedCallersFailNotAndHoldUpNobody(Wire wire, Door door) throws Exception {
		TestServer server = wire.server()
			.maxConcurrentStreams(100)
			.slow("/slow", Duration.ofMillis(20))
			.start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(20));
		Call call = door.open(client, server.url(""));
		// A thread that waits until a class is initialized cannot leave its carrier
		assertThat(call.get()).isEqualTo("slow");
		List<RecordedEvent> waits;
		try (Recording recording = recording()) {
			assertThat(callTogether(call)).hasSize(CALLERS).containsOnly("slow");
			waits = stop(recording);
		}
		assertThat(waits).filteredOn((event) -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
			.isEmpty();
		assertThat(waits).filteredOn(VirtualThreadsIntegrationTests::isOnEventLoop).isEmpty();
		assertThat(server.connections().accepted()).isBetween(1, 20);
	}

	@Test
	void aBootApplicationOnVirtualThreadsKeepsLooking() throws Exception {
		Path log = this.directory.resolve("output.log");
		Process application = new ProcessBuilder(ProcessHandle.current().info().command().orElseThrow(), "-cp",
				System.getProperty("java.class.path"), VirtualThreadsApplication.class.getName())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		try {
			assertThat(application.waitFor(PATIENCE.multipliedBy(2).toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(application.exitValue()).as(() -> read(log)).isZero();
		}
		finally {
			application.destroyForcibly();
		}
	}

	private List<String> callTogether(Call call) throws Exception {
		List<Future<String>> calls = new ArrayList<>();
		for (int caller = 0; caller < CALLERS; caller++) {
			calls.add(this.threads.submit(call::get));
		}
		List<String> bodies = new ArrayList<>();
		for (Future<String> answered : calls) {
			bodies.add(answered.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
		}
		return bodies;
	}

	private static Recording recording() {
		Recording recording = new Recording();
		for (String event : List.of("jdk.VirtualThreadPinned", "jdk.ThreadPark", "jdk.ThreadSleep",
				"jdk.JavaMonitorWait", "jdk.JavaMonitorEnter")) {
			recording.enable(event).withThreshold(NOTICEABLE).withStackTrace();
		}
		recording.start();
		return recording;
	}

	private List<RecordedEvent> stop(Recording recording) throws IOException {
		recording.stop();
		Path file = this.directory.resolve("waits.jfr");
		recording.dump(file);
		return RecordingFile.readAllEvents(file);
	}

	private static boolean isOnEventLoop(RecordedEvent event) {
		String thread = (event.getThread() != null) ? event.getThread().getJavaName() : null;
		return thread != null && thread.startsWith("test-client");
	}

	// This is compiled for Java 17
	private static ExecutorService virtualThreads() {
		try {
			return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String read(Path log) {
		try {
			return Files.readString(log);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	@FunctionalInterface
	interface Call {

		@GetExchange("/slow")
		String get();

	}

	enum Door {

		WEB_CLIENT {

			@Override
			Call open(TestClient client, String url) {
				WebClient webClient = webClient(client, url);
				return () -> String.valueOf(webClient.get().uri("/slow").retrieve().bodyToMono(String.class).block());
			}

		},

		REST_CLIENT {

			@Override
			Call open(TestClient client, String url) {
				RestClient restClient = restClient(client, url);
				return () -> String.valueOf(restClient.get().uri("/slow").retrieve().body(String.class));
			}

		},

		WEB_CLIENT_SERVICE {

			@Override
			Call open(TestClient client, String url) {
				return service(WebClientAdapter.create(webClient(client, url)));
			}

		},

		REST_CLIENT_SERVICE {

			@Override
			Call open(TestClient client, String url) {
				return service(RestClientAdapter.create(restClient(client, url)));
			}

		};

		abstract Call open(TestClient client, String url);

		private static WebClient webClient(TestClient client, String url) {
			return WebClient.builder().baseUrl(url).clientConnector(new PooledConnector(client.httpClient())).build();
		}

		private static RestClient restClient(TestClient client, String url) {
			return RestClient.builder()
				.baseUrl(url)
				.requestFactory(new BlockingRequestFactory(client.httpClient()))
				.build();
		}

		private static Call service(HttpExchangeAdapter adapter) {
			return HttpServiceProxyFactory.builderFor(adapter).build().createClient(Call.class);
		}

	}

}
