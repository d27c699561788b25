package dev.connpool.actuate;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.ClassPathResource;
import org.springframework.util.FileSystemUtils;

/**
 * Chromium without a window, driven as in the W3C's WebDriver.
 */
final class Browser implements AutoCloseable {

	private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

	private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

	private static final Pattern STARTED = Pattern.compile("started successfully on port (\\d+)");

	private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

	private static final JsonMapper mapper = new JsonMapper();

	private static final HttpClient http = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.proxy(HttpClient.Builder.NO_PROXY)
		.build();

	private final Path profile;

	private final Process driver;

	private final String session;

	private Browser() throws IOException {
		this.profile = Files.createTempDirectory("browser");
		this.driver = new ProcessBuilder(DRIVER.toString(), "--port=0").redirectErrorStream(true).start();
		String url = "http://127.0.0.1:%d/session".formatted(port(this.driver.inputReader(StandardCharsets.UTF_8)));
		this.session = url + "/" + call("POST", url, capabilities()).get("sessionId").asString();
	}

	static boolean isInstalled() {
		return Files.isExecutable(DRIVER) && Files.isExecutable(CHROMIUM);
	}

	static Browser start() throws IOException {
		return new Browser();
	}

	private static int port(BufferedReader output) throws IOException {
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			Matcher started = STARTED.matcher(line);
			if (started.find()) {
				return Integer.parseInt(started.group(1));
			}
		}
		throw new IllegalStateException("The driver of the browser did not start");
	}

	private Map<String, Object> capabilities() {
		List<String> arguments = List.of("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--disable-dev-shm-usage", "--hide-scrollbars", "--no-proxy-server", "--user-data-dir=" + this.profile);
		return Map.of("capabilities",
				Map.of("alwaysMatch",
						Map.of("browserName", "chrome", "goog:chromeOptions",
								Map.of("binary", CHROMIUM.toString(), "args", arguments), "goog:loggingPrefs",
								Map.of("browser", "ALL"))));
	}

	/** Look at the page as if it were this wide, in light or dark colours. */
	void look(int width, int height, String colours) {
		devTools("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
		devTools("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colours))));
	}

	void open(String url) {
		post("/url", Map.of("url", url));
	}

	void click(String selector) {
		click("css selector", selector);
	}

	/** Click a button by its text. */
	void press(String button) {
		click("xpath", "//button[normalize-space()='%s']".formatted(button));
	}

	/** Type a text into a field. */
	void type(String selector, String text) {
		post("/element/" + element("css selector", selector) + "/value", Map.of("text", text));
	}

	private void click(String strategy, String selector) {
		post("/element/" + element(strategy, selector) + "/click", Map.of());
	}

	/** The text of an element, as far as it is visible. */
	String text(String selector) {
		return call("GET", this.session + "/element/" + element("css selector", selector) + "/text", null).asString();
	}

	/** How much wider than its window the page is. */
	int overflow() {
		return evaluate("return document.documentElement.scrollWidth - document.documentElement.clientWidth").asInt();
	}

	/**
	 * What somebody could not read, name or reach by keyboard, as far as WCAG 2.2, level
	 * AA, lets a script tell.
	 */
	List<String> obstacles() throws IOException {
		String script = new ClassPathResource("obstacles.js", Browser.class).getContentAsString(StandardCharsets.UTF_8);
		return evaluate(script).valueStream().map(JsonNode::asString).toList();
	}

	/** Run the body of a function in the page. */
	JsonNode evaluate(String script) {
		return post("/execute/sync", Map.of("script", script, "args", List.of()));
	}

	/** What the page complained of. */
	List<String> errors() {
		return post("/se/log", Map.of("type", "browser")).valueStream()
			.filter((entry) -> !entry.get("level").asString().matches("DEBUG|INFO"))
			.map((entry) -> entry.get("message").asString())
			.toList();
	}

	byte[] screenshot() {
		return Base64.getDecoder().decode(call("GET", this.session + "/screenshot", null).asString());
	}

	private String element(String strategy, String selector) {
		return post("/element", Map.of("using", strategy, "value", selector)).get(ELEMENT).asString();
	}

	private void devTools(String command, Map<String, Object> parameters) {
		post("/goog/cdp/execute", Map.of("cmd", command, "params", parameters));
	}

	private JsonNode post(String path, Map<String, Object> body) {
		return call("POST", this.session + path, body);
	}

	private static JsonNode call(String method, String url, @Nullable Object body) {
		HttpRequest request = HttpRequest.newBuilder(URI.create(url))
			.timeout(Duration.ofSeconds(60))
			.method(method,
					(body != null) ? BodyPublishers.ofString(mapper.writeValueAsString(body)) : BodyPublishers.noBody())
			.build();
		try {
			JsonNode value = mapper.readTree(http.send(request, BodyHandlers.ofString()).body()).get("value");
			if (value.has("error")) {
				throw new IllegalStateException(value.get("message").asString());
			}
			return value;
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		try {
			call("DELETE", this.session, null);
		}
		finally {
			this.driver.destroy();
			FileSystemUtils.deleteRecursively(this.profile);
		}
	}

}
