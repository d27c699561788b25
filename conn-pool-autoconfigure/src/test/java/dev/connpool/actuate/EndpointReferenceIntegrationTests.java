package dev.connpool.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.connpool.snapshot.ConnectionSnapshot.State;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Keeps {@code docs/endpoint.md} equal in shape to real answers. Run with
 * {@code -Ddocs.update} to put the present ones into the page.
 */
class EndpointReferenceIntegrationTests {

	private static final Path REFERENCE = Path.of("../docs/endpoint.md");

	private static final Pattern ANSWER = Pattern.compile("<!-- answer: (\\w+) -->\n```json\n(.*?)\n```",
			Pattern.DOTALL);

	private static final Pattern ROW = Pattern.compile("^\\| `([a-z0-9-]+)` \\|", Pattern.MULTILINE);

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final JsonMapper mapper = new JsonMapper();

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	@Test
	void everyAnswerInThePageLooksLikeARealOne() throws IOException {
		Map<String, JsonNode> answers = answers();
		if (System.getProperty("docs.update") != null) {
			Files.writeString(REFERENCE, updated(Files.readString(REFERENCE), answers));
		}
		Map<String, JsonNode> shown = new LinkedHashMap<>();
		ANSWER.matcher(Files.readString(REFERENCE))
			.results()
			.forEach((answer) -> shown.put(answer.group(1), mapper.readTree(answer.group(2))));
		assertThat(shown).containsOnlyKeys(answers.keySet());
		answers.forEach((name, answer) -> assertThat(shape(shown.get(name))).as(name).isEqualTo(shape(answer)));
	}

	@Test
	void everyStateIsExplained() throws IOException {
		assertThat(rows("### States")).containsExactly(
				Stream.of(State.values()).map(EndpointReferenceIntegrationTests::name).toArray(String[]::new));
	}

	@Test
	void everyKindOfFailureIsExplained() throws Exception {
		Object[] kinds = Class.forName("dev.connpool.pool.memory.FailureKind").getEnumConstants();
		assertThat(rows("### How requests fail"))
			.containsExactly(Arrays.stream(kinds).map(Object::toString).toArray(String[]::new));
	}

	@Test
	void everyReasonToCloseIsExplained() throws Exception {
		Object[] reasons = Class.forName("dev.connpool.pool.host.CloseReason").getEnumConstants();
		assertThat(rows("### Why connections close"))
			.containsExactlyInAnyOrder(Arrays.stream(reasons).map(Object::toString).toArray(String[]::new));
	}

	private Map<String, JsonNode> answers() {
		Map<String, JsonNode> answers = new LinkedHashMap<>();
		TestServer server = TestServer.h2().hold("/users/7", this.gate).start(this.network);
		try (EndpointApplication application = EndpointApplication.start(WebApplicationType.REACTIVE,
				"management.endpoint.connpool.access=unrestricted")) {
			application.begin(12, server.url("/hello")).block(PATIENCE);
			application.post("/default", "{\"action\":\"drain\"}");
			assertThat(server).settlesAt(0);
			Mono<List<String>> calls = application.begin(1, server.host() + "/users/{id}", 7);
			await().until(() -> server.requests("/users/7") == 1);
			answers.put("clients", application.get("").json());
			answers.put("client", application.get("/default").json());
			String id = answers.get("client").at("/hosts").iterator().next().at("/connectionList/0/id").asString();
			answers.put("connection", application.get("/default/" + id).json());
			answers.put("action", application.post("/default", "{\"action\":\"close-idle\"}").json());
			answers.put("problem", application.post("/default", "{\"action\":\"explode\"}").json());
			this.gate.open();
			assertThat(calls.block(PATIENCE)).containsOnly("held");
		}
		return answers;
	}

	private static String updated(String page, Map<String, JsonNode> answers) {
		return ANSWER.matcher(page)
			.replaceAll((block) -> Matcher.quoteReplacement("<!-- answer: %s -->\n```json\n%s\n```"
				.formatted(block.group(1), answers.get(block.group(1)).toPrettyString())));
	}

	/** The paths and types of all values, whatever the hosts are called and counted. */
	private static TreeSet<String> shape(JsonNode node) {
		TreeSet<String> shape = new TreeSet<>();
		collect("", node, shape);
		return shape;
	}

	private static void collect(String path, JsonNode node, TreeSet<String> shape) {
		if (node.isObject() && !path.endsWith("ByReason") && !path.endsWith("ByKind")) {
			node.properties()
				.forEach((property) -> collect(path + "/" + property.getKey().replaceAll("https?://.*", "<host>"),
						property.getValue(), shape));
		}
		else if (node.isArray()) {
			node.forEach((element) -> collect(path + "/-", element, shape));
		}
		else {
			shape.add(path + ": " + node.getNodeType());
		}
	}

	private static List<String> rows(String heading) throws IOException {
		String page = Files.readString(REFERENCE);
		String section = page.substring(page.indexOf(heading)).split("\n#", 2)[0];
		return ROW.matcher(section).results().map((MatchResult row) -> row.group(1)).toList();
	}

	private static String name(State state) {
		return state.name().toLowerCase(Locale.ROOT);
	}

}
