package dev.connpool.prometheus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The dashboard and the alerts ask for what a real Prometheus scrapes from a real
 * application.
 */
class PrometheusIntegrationTests {

	private static final Path DASHBOARD = Path.of("../docs/grafana/conn-pool.json");

	private static final Path ALERTS = Path.of("../docs/prometheus/conn-pool-alerts.yml");

	private static final Path ALERT_TESTS = Path.of("../docs/prometheus/conn-pool-alerts-tests.yml");

	private static final Pattern METER = Pattern.compile("http_client_[a-z0-9_]+");

	private static final Pattern VARIABLE = Pattern.compile("label_values\\((.*), (\\w+)\\)");

	/** Alerts for what the traffic of these tests does. */
	private static final Set<String> CAUSED = Set.of("ConnPoolSaturated", "ConnPoolChurn", "ConnPoolTlsErrors",
			"ConnPoolFindings");

	private static final Duration OFTEN = Duration.ofMillis(50);

	private static final Duration SELDOM = Duration.ofSeconds(2);

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@RegisterExtension
	final Network network = new Network();

	@BeforeAll
	static void needsPrometheus() {
		Assumptions.assumeTrue(Prometheus.isInstalled(), "'prometheus' and 'promtool' are not on the path");
	}

	@Test
	void alertsAreValid() throws IOException {
		assertThat(Prometheus.tool("check", "rules", ALERTS.toString())).extracting(Prometheus.Outcome::exitCode)
			.isEqualTo(0);
	}

	@Test
	void everyAlertFiresForWhatItIsMeantAndForNothingElse() throws IOException {
		Prometheus.Outcome outcome = Prometheus.tool("test", "rules", ALERT_TESTS.toString());
		assertThat(outcome.exitCode()).as(outcome.output()).isZero();
		String tests = Files.readString(ALERT_TESTS);
		assertThat(alerts().keySet()).isNotEmpty()
			.allSatisfy((alert) -> assertThat(tests).contains("alertname: " + alert));
	}

	@Test
	void everyExpressionIsAnsweredFromWhatAnApplicationReports(@TempDir Path directory) throws IOException {
		Gate gate = new Gate();
		TestServer h2c = TestServer.h2c()
			.hold("/held", gate)
			.stream("/broken", "text/plain", Flux.concat(Flux.just("some"), Flux.error(new IOException("on purpose"))))
			.start(this.network);
		TestServer h1 = TestServer.h1().hold("/held", gate).bytes("/large", 32 << 20).start(this.network);
		RawServer closing = RawServer.closing(this.network, "https");
		ScriptedServer leaving = this.network.scripted(Wire.H2C);
		leaving.onEveryRequest().waitsForBody().goesAwayBefore(Http2Error.NO_ERROR);
		try (ConfigurableApplicationContext application = start();
				Prometheus prometheus = Prometheus.scraping(port(application), directory)) {
			await().atMost(PATIENCE)
				.ignoreExceptions()
				.untilAsserted(() -> assertThat(prometheus.targets()).singleElement()
					.satisfies((target) -> assertThat(target.path("health").asString("")).as(target.toString())
						.isEqualTo("up")));
			Disposable traffic = traffic(application.getBean(ConnPoolClients.class), h1, h2c, closing, leaving);
			try {
				assertAnswers(prometheus);
			}
			finally {
				traffic.dispose();
				gate.open();
			}
		}
	}

	private void assertAnswers(Prometheus prometheus) throws IOException {
		for (String expression : dashboard()) {
			assertAnswered(prometheus, expression, true);
		}
		Map<String, String> alerts = alerts();
		alerts.forEach((alert, expression) -> assertAnswered(prometheus, expression, CAUSED.contains(alert)));
		Stream.concat(dashboard().stream(), alerts.values().stream())
			.flatMap((expression) -> METER.matcher(expression).results())
			.map((meter) -> meter.group())
			.distinct()
			.forEach((meter) -> assertAnswered(prometheus, meter, true));
	}

	private void assertAnswered(Prometheus prometheus, String expression, boolean withData) {
		await().atMost(PATIENCE)
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(250))
			.ignoreExceptions()
			.untilAsserted(() -> {
				JsonNode answer = prometheus.query(expression);
				assertThat(answer.path("status").asString("")).as("%s%n%s", expression, answer).isEqualTo("success");
				if (withData) {
					assertThat(answer.path("data").path("result").valueStream()).as(expression)
						.anySatisfy(
								(series) -> assertThat(series.path("value").path(1).asString()).isNotEqualTo("NaN"));
				}
			});
	}

	// What is asked

	private static List<String> dashboard() throws IOException {
		JsonNode dashboard = new JsonMapper().readTree(Files.readString(DASHBOARD));
		Stream<String> panels = dashboard.findValues("expr").stream().map(JsonNode::asString);
		Stream<String> variables = dashboard.path("templating").path("list").valueStream().flatMap((variable) -> {
			Matcher values = VARIABLE.matcher(variable.path("definition").asString(""));
			return values.matches() ? Stream.of("count by (%s) (%s)".formatted(values.group(2), values.group(1)))
					: Stream.empty();
		});
		List<String> all = Stream.concat(panels, variables).map(PrometheusIntegrationTests::interpolate).toList();
		assertThat(all).hasSizeGreaterThan(20);
		return all;
	}

	private static String interpolate(String expression) {
		String interpolated = expression.replace("$client", ".*")
			.replace("$host", ".*")
			.replace("$__rate_interval", "30s");
		assertThat(interpolated).doesNotContain("$");
		return interpolated;
	}

	private static Map<String, String> alerts() throws IOException {
		JsonNode file = new JsonMapper().valueToTree(new Yaml().load(Files.readString(ALERTS)));
		return file.path("groups")
			.valueStream()
			.flatMap((group) -> group.path("rules").valueStream())
			.collect(Collectors.toMap((rule) -> rule.path("alert").asString(), (rule) -> rule.path("expr").asString()));
	}

	// What is reported

	private static ConfigurableApplicationContext start() {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.REACTIVE)
			.properties("server.port=0", "server.address=127.0.0.1", "spring.main.banner-mode=off",
					"management.endpoints.web.exposure.include=prometheus", "conn-pool.timeouts.response-header=5m",
					"conn-pool.timeouts.request=5m", "conn-pool.timeouts.acquire=5m",
					"conn-pool.clients.modern.protocols=h2c", "conn-pool.clients.quiet.protocols=h2c",
					"conn-pool.clients.quiet.http2.ping-interval=100ms", "conn-pool.clients.classic.protocols=http/1.1",
					"conn-pool.clients.classic.pool.max-connections-per-host=2",
					"conn-pool.clients.wasteful.protocols=http/1.1", "conn-pool.clients.wasteful.pool.keep-alive=false",
					"conn-pool.clients.forgetful.protocols=http/1.1",
					"conn-pool.clients.forgetful.leak-detection-threshold=100ms",
					"conn-pool.clients.forgetful.leak-reclaim-threshold=200ms")
			.run();
	}

	private static int port(ConfigurableApplicationContext application) {
		return Integer
			.parseInt(Objects.requireNonNull(application.getEnvironment().getProperty("local.server.port"), "No port"));
	}

	private static Disposable traffic(ConnPoolClients clients, ObservedServer h1, ObservedServer h2c,
			ObservedServer closing, ObservedServer leaving) {
		return Disposables.composite(hold(clients.get("classic"), h1), hold(clients.get("modern"), h2c),
				keepCalling(clients.get("wasteful"), h1.url("/hello"), OFTEN),
				keepCalling(clients.get("modern"), h2c.url("/broken"), SELDOM), hold(clients.get("quiet"), h2c),
				keepCalling(clients.get("modern"), leaving.url("/"), SELDOM),
				keepForgetting(clients.get("forgetful"), h1.url("/large")),
				keepCalling(clients.get("default"), closing.url("/"), OFTEN));
	}

	private static Disposable hold(ConnPoolClient client, ObservedServer server) {
		return Flux.range(0, 5)
			.flatMap((number) -> client.webClient().get().uri(server.url("/held")).retrieve().bodyToMono(String.class))
			.onErrorComplete()
			.subscribe();
	}

	private static Disposable keepForgetting(ConnPoolClient client, String url) {
		return Flux.interval(SELDOM)
			.onBackpressureDrop()
			.flatMap((number) -> client.httpClient()
				.get()
				.uri(url)
				.responseConnection((response, connection) -> Mono.just(connection))
				.onErrorComplete())
			.subscribe();
	}

	private static Disposable keepCalling(ConnPoolClient client, String url, Duration period) {
		return Flux.interval(period)
			.onBackpressureDrop()
			.concatMap(
					(number) -> client.webClient().get().uri(url).retrieve().bodyToMono(String.class).onErrorComplete())
			.subscribe();
	}

	@AfterAll
	static void nothingIsLeftRunning() {
		assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = { ReactiveWebSecurityAutoConfiguration.class,
			ReactiveManagementWebSecurityAutoConfiguration.class })
	static class Application {

	}

}
