package dev.connpool.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.connpool.testing.Gate;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The live page in a real browser. Run with {@code -Ddocs.update} to renew the pictures
 * in the documentation.
 */
@EnabledIf("dev.connpool.actuate.Browser#isInstalled")
class ConnPoolPageIntegrationTests {

	private static final Path IMAGES = Path.of("../docs/images");

	private static final String LATE = "127.0.0.1:" + LoopbackPort.free();

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	// The page polls every second; a busy machine gets a third
	private static final Duration TWO_POLLS = Duration.ofSeconds(3);

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	private final EndpointApplication application = EndpointApplication.start(WebApplicationType.REACTIVE,
			"management.endpoint.connpool.access=unrestricted", "conn-pool.timeouts.response-header=60s",
			"conn-pool.timeouts.request=60s", "conn-pool.hosts.late.authority=" + LATE,
			"conn-pool.hosts.late.timeouts.response-header=1s", "spring.application.name=shop",
			"spring.application.version=1.4.2");

	private Browser browser;

	private TestServer server;

	@BeforeEach
	void open() throws IOException {
		this.server = TestServer.h2().hold("/users/7", this.gate).start(this.network);
		this.browser = Browser.start();
		this.browser.look(1600, 1000, "light");
		this.browser.open(this.application.url());
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(this.browser.text("#status")).contains("Live"));
	}

	@AfterEach
	void close() throws IOException {
		this.gate.open();
		this.browser.close();
		this.application.close();
	}

	@Test
	void showsAStreamThatIsHeldAndDrainsItsConnection() {
		this.application.begin(1, this.server.url("/hello")).block(PATIENCE);
		expandTheConnection();
		Mono<List<String>> calls = begin(3);
		await().atMost(TWO_POLLS).untilAsserted(() -> assertThat(this.browser.text("main")).contains("/users/{id}"));
		this.browser.click("[aria-label='Drain: %s of client default']".formatted(this.server.host()));
		assertThat(this.browser.text("#confirm-title")).contains(this.server.host());
		assertThat(this.server).openConnections(1);
		this.browser.click("#confirm-yes");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(this.browser.text("main")).contains("draining"));
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		assertThat(this.server).settlesAt(0);
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(this.browser.text("main")).contains("drained"));
		assertThat(this.browser.errors()).isEmpty();
	}

	@Test
	void showsSettingsBelowOneAsTheyAre() {
		String openSettings = """
				const toggle = [...document.querySelectorAll('button.toggle')]
					.find((button) => button.textContent.trim().startsWith('Settings'));
				if (toggle && toggle.getAttribute('aria-expanded') !== 'true') toggle.click();
				return document.querySelector('main').textContent;""";
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(this.browser.evaluate(openSettings).asString()).contains(
					"conn-pool.pool.max-lifetime-jitter0.1", "conn-pool.replay.budget-ratio0.2",
					"conn-pool.pool.idle-timeout90s", "conn-pool.pool.max-lifetime0s (off)"));
		assertThat(this.browser
			.evaluate("return [...document.querySelectorAll('.chosen dt')].map((name) => name.textContent).join(' ')")
			.asString())
			.contains("conn-pool.timeouts.response-header", "conn-pool.timeouts.request", "conn-pool.ssl.bundle")
			.doesNotContain("conn-pool.timeouts.connect");
	}

	@Test
	void asksBeforeItActs() {
		Mono<List<String>> calls = begin(1);
		await().atMost(PATIENCE).untilAsserted(() -> this.browser.click("[aria-label='Close idle: client default']"));
		this.browser.click("#confirm-no");
		this.browser.click("[aria-label='Drain: client default']");
		this.browser.click("#confirm-no");
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		assertThat(this.server).openConnections(1);
	}

	@Test
	void looksRightWideNarrowLightAndDark() throws IOException {
		TestServer plain = TestServer.h1().hold("/orders", this.gate).start(this.network);
		Mono<List<String>> orders = this.application.begin(2, plain.url("/orders"));
		this.application.begin(6, this.server.url("/hello")).block(PATIENCE);
		Mono<List<String>> calls = begin(5);
		expandTheConnection();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(this.browser.text("main")).contains("/users/{id}"));
		await().pollDelay(Duration.ofSeconds(5)).until(() -> true);
		picture("connpool-light", 1600, 1000, "light");
		picture("connpool-dark", 1600, 1000, "dark");
		picture("connpool-narrow", 400, 800, "light");
		assertFits(400, 800, "dark");
		assertThat(this.browser.errors()).isEmpty();
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
		assertThat(orders.block(PATIENCE)).containsOnly("held");
	}

	// B69, B70, B71
	@Test
	void theSickHostsComeFirstInRedWithTheirErrors() throws IOException {
		String refused = "http://%s:%d".formatted(ObservedServer.HOST, LoopbackPort.free());
		TestServer down = TestServer.h1()
			.route("/orders", (request, response) -> response.status(503).send())
			.start(this.network);
		TestServer late = TestServer.h1()
			.port(Integer.parseInt(LATE.substring(LATE.indexOf(':') + 1)))
			.hold("/orders", this.gate)
			.start(this.network);
		Flux<String> hosts = Flux.just(refused + "/orders", down.url("/orders"), late.url("/orders"),
				this.server.url("/hello"));
		Disposable traffic = Flux.interval(Duration.ofMillis(100))
			.onBackpressureDrop()
			.flatMap((tick) -> hosts)
			.flatMap((url) -> this.application.begin(1, url).onErrorComplete(), 256)
			.subscribe();
		await().atMost(Duration.ofSeconds(40))
			.untilAsserted(() -> assertThat(this.browser.text("#findings")).contains("unreachable", "server-errors",
					"deadlines-passing"));
		assertThat(this.browser.evaluate("return document.title").asString()).contains("findings · shop · ");
		assertThat(this.browser.text("#application")).contains("shop · ", "1.4.2", "up ");
		String order = """
				return [...document.querySelectorAll('.host')].map((host) => [host.className, host.querySelector('.toggle').textContent,
					host.querySelector('.error').textContent].join(' ')).join('\\n')""";
		await().atMost(PATIENCE).untilAsserted(() -> {
			List<String> rows = this.browser.evaluate(order).asString().lines().toList();
			assertThat(rows).hasSize(4);
			assertThat(rows.subList(0, 3)).allSatisfy((row) -> assertThat(row).contains("sick", "since"));
			assertThat(rows.get(3)).doesNotContain("sick").contains(this.server.host());
			assertThat(rows).anySatisfy((row) -> assertThat(row).contains(refused, "connect-error"));
		});
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(this.browser.text("main")).contains("Failed/s"));
		await().pollDelay(Duration.ofSeconds(25)).atMost(Duration.ofSeconds(40)).until(() -> true);
		picture("connpool-incident", 1600, 1400, "light");
		picture("connpool-incident-dark", 1600, 1400, "dark");
		assertFits(360, 800, "light");
		traffic.dispose();
		assertThat(openedAgain()).contains("From a file");
		assertThat(this.browser.text("main")).contains("connect-error", "Failed/s");
		assertThat(this.browser.errors()).isEmpty();
	}

	/** Save what is known, and drop it on the page. */
	private String openedAgain() {
		return this.browser
			.evaluate(
					"""
							const get = async (path) => (await fetch(location.pathname + path, { headers: { Accept: 'application/json' } })).json();
							return (async () => {
								const saved = { takenAt: new Date().toISOString(), ...await get(''), details: { default: await get('/default?history=1h') } };
								const files = new DataTransfer();
								files.items.add(new File([JSON.stringify(saved)], 'incident.json'));
								document.dispatchEvent(new DragEvent('drop', { dataTransfer: files, cancelable: true }));
								await new Promise((done) => setTimeout(done, 500));
								return document.getElementById('status').textContent;
							})()""")
			.asString();
	}

	private void expandTheConnection() {
		this.browser.press("Expand all");
		String id = this.application.get("/default")
			.json()
			.get("hosts")
			.get(this.server.host())
			.at("/connectionList/0/id")
			.asString();
		await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> this.browser.press(id));
	}

	private Mono<List<String>> begin(int times) {
		Mono<List<String>> calls = this.application.begin(times, this.server.host() + "/users/{id}", 7);
		await().until(() -> this.server.requests("/users/7") == times);
		return calls;
	}

	private void assertFits(int width, int height, String colours) throws IOException {
		this.browser.look(width, height, colours);
		assertThat(this.browser.overflow()).isLessThanOrEqualTo(0);
		assertThat(this.browser.obstacles()).isEmpty();
	}

	private void picture(String name, int width, int height, String colours) throws IOException {
		assertFits(width, height, colours);
		byte[] picture = this.browser.screenshot();
		assertThat(picture).hasSizeGreaterThan(10_000);
		if (System.getProperty("docs.update") != null) {
			Files.createDirectories(IMAGES);
			Files.write(IMAGES.resolve(name + ".png"), picture);
		}
	}

}
