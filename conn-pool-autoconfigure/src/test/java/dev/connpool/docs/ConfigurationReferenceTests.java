package dev.connpool.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.connpool.finding.Rule;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.IdleTimeout;
import dev.connpool.settings.Protocol;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps {@code docs/configuration.md} equal to the metadata that editors show, and the
 * defaults in it equal to the code. Run with {@code -Ddocs.update} to rewrite the page.
 */
class ConfigurationReferenceTests {

	private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");

	private static final Path REFERENCE = Path.of("../docs/configuration.md");

	private static final String PREFIX = "conn-pool.";

	private static final Set<String> WITHOUT_DEFAULT = Set.of("base-url", "user-agent", "ssl.bundle", "hosts",
			"clients", "replay.retry-statuses", "findings.silenced", "oauth2.client", "proxy.url", "proxy.no-proxy",
			"proxy.username", "proxy.password");

	private static final Map<String, String> GO_NAMES = Map.ofEntries(
			Map.entry("protocols", "`Protocols`, `ForceAttemptHTTP2`"),
			Map.entry("pool.max-connections-per-host", "`MaxConnsPerHost`"),
			Map.entry("pool.max-idle-connections-per-host", "`MaxIdleConnsPerHost`"),
			Map.entry("pool.max-idle-connections", "`MaxIdleConns`"),
			Map.entry("pool.idle-timeout", "`IdleConnTimeout`"),
			Map.entry("pool.keep-alive", "`DisableKeepAlives` (inverted)"),
			Map.entry("timeouts.connect", "`Dialer.Timeout`"),
			Map.entry("timeouts.tls-handshake", "`TLSHandshakeTimeout`"),
			Map.entry("timeouts.response-header", "`ResponseHeaderTimeout`"),
			Map.entry("timeouts.expect-continue", "`ExpectContinueTimeout`"),
			Map.entry("timeouts.request", "`Client.Timeout`"), Map.entry("tcp.keep-alive", "`Dialer.KeepAlive`"),
			Map.entry("tcp.keep-alive-idle", "`Dialer.KeepAliveConfig.Idle`"),
			Map.entry("http2.strict-max-concurrent-streams", "`StrictMaxConcurrentStreams`"),
			Map.entry("http2.max-header-list-size", "`MaxHeaderListSize`"),
			Map.entry("http2.ping-interval", "`ReadIdleTimeout`"), Map.entry("http2.ping-timeout", "`PingTimeout`"),
			Map.entry("proxy.mode", "`ProxyFromEnvironment`, `ProxyURL`"),
			Map.entry("compression", "`DisableCompression` (inverted)"),
			Map.entry("max-response-header-size", "`MaxResponseHeaderBytes`"));

	private static final Map<String, String> GROUPS = groups();

	private static final String INTRODUCTION = """
			# Configuration

			Everything under `conn-pool` configures the client named `default` and is inherited by every client under
			`conn-pool.clients`. All of it is checked when the application starts: a value that cannot be honoured, or a
			property that does not exist, stops the start with a message that says what to correct.

			The last column names the field of Go's `net/http.Transport`, `http.Client`, `net.Dialer` or
			`http2.Transport` with the same meaning.
			""";

	private static final String EPILOGUE = """

			## Named clients

			`conn-pool.clients.<name>` takes every property above but `enabled`, `clients` and `oauth2.client`. The client gets
			a pool of its own, inherits what it does not set, and is a `WebClient` bean of that name. The name `default` is taken.

			```yaml
			conn-pool:
			  timeouts:
			    request: 10s
			  clients:
			    orders:
			      base-url: https://orders.example.com
			      pool:
			        max-connections-per-host: 20
			```

			## Single hosts

			`hosts.<alias>`, of the default client or of a named one, overrides properties of `pool`, `timeouts`, `http2` and
			`replay` for one host. What it leaves out is inherited from the client, each property by itself. The alias is yours
			to choose; `authority` is required and is `host` or `host:port`, of which the latter wins. Named clients have the hosts
			of `conn-pool.hosts` too, and may override single properties of them by the same `authority`.
			`pool.max-idle-connections` counts all hosts together and cannot be set here.

			```yaml
			conn-pool:
			  hosts:
			    legacy:
			      authority: legacy.example.com:8443
			      pool:
			        max-connections-per-host: 4
			    model:
			      authority: model.example.com
			      timeouts:
			        response-header: 60s
			        request: 2m
			```

			## What wins

			From the lowest precedence to the highest:

			1. the defaults above
			2. `spring.http.clients`: `connect-timeout` is `timeouts.connect`, `read-timeout` is `timeouts.response-header`,
			   `ssl.bundle` is `ssl.bundle`
			3. `conn-pool`
			4. `spring.http.serviceclient.<name>`, the same properties and `base-url`, for the client of that name
			5. `conn-pool.clients.<name>`
			6. beans of type `ConnPoolClientCustomizer`, in their order

			Spring Boot's `redirects`, and its `read-timeout` as the longest silence while a response is read, apply besides.
			""";

	private final JsonNode metadata = new JsonMapper().readTree(METADATA.toFile());

	@Test
	void referenceMatchesMetadata() throws IOException {
		String expected = page();
		if (System.getProperty("docs.update") != null) {
			Files.writeString(REFERENCE, expected);
		}
		assertThat(REFERENCE).hasContent(expected);
	}

	@Test
	void everyPropertyIsDescribedInOneStyle() {
		assertThat(properties()).isNotEmpty().allSatisfy((name, property) -> {
			String description = property.path("description").asString("");
			assertThat(description).as(name).endsWith(".").matches("[A-Z].*").doesNotMatch("(The|A|An) .*");
			if (property.path("type").asString("").equals("java.lang.Boolean")) {
				assertThat(description).as(name).startsWith("Whether ");
			}
		});
	}

	@Test
	void everyDefaultInTheMetadataIsTheDefaultInTheCode() {
		Map<String, Object> defaults = defaults();
		assertThat(properties().keySet()).containsExactlyInAnyOrderElementsOf(
				Stream.concat(defaults.keySet().stream(), WITHOUT_DEFAULT.stream()).toList());
		defaults
			.forEach((name, value) -> assertThat(converted(properties().get(name), value)).as(name).isEqualTo(value));
		WITHOUT_DEFAULT.forEach((name) -> assertThat(properties().get(name).has("defaultValue")).as(name).isFalse());
	}

	@Test
	void whatWasRenamedLeadsToItsNewName() {
		Map<String, String> renamed = this.metadata.get("properties")
			.valueStream()
			.filter((property) -> property.has("deprecation"))
			.peek((property) -> assertThat(property.at("/deprecation/level").asString()).isEqualTo("error"))
			.collect(Collectors.toMap((property) -> property.get("name").asString(),
					(property) -> property.at("/deprecation/replacement").asString()));
		assertThat(renamed).isEqualTo(Map.of("conn-pool.drain.max-bytes", "conn-pool.discard.max-bytes",
				"conn-pool.drain.max-wait", "conn-pool.discard.max-wait"));
		assertThat(renamed.values())
			.allSatisfy((name) -> assertThat(properties()).containsKey(name.substring(PREFIX.length())));
	}

	@Test
	void everyProtocolIsHinted() {
		assertThat(hinted("conn-pool.protocols"))
			.containsExactlyInAnyOrderElementsOf(Stream.of(Protocol.values()).map(Protocol::id).toList());
	}

	@Test
	void everyRuleIsHinted() {
		assertThat(hinted("conn-pool.findings.silenced"))
			.containsExactlyInAnyOrderElementsOf(Stream.of(Rule.values()).map(Rule::id).toList());
	}

	private List<String> hinted(String property) {
		return this.metadata.get("hints")
			.valueStream()
			.filter((hint) -> hint.get("name").asString().equals(property))
			.flatMap((hint) -> hint.get("values").valueStream())
			.map((value) -> value.get("value").asString())
			.toList();
	}

	@Test
	void everyGoNameBelongsToAProperty() {
		assertThat(properties().keySet()).containsAll(GO_NAMES.keySet());
	}

	private Object converted(JsonNode property, Object value) {
		JsonNode text = property.get("defaultValue");
		if (text.isArray()) {
			return text.valueStream().map(JsonNode::asString).toList();
		}
		return ApplicationConversionService.getSharedInstance().convert(text.asString(), value.getClass());
	}

	private static Map<String, Object> defaults() {
		ClientSettings client = ClientSettings.DEFAULTS;
		Map<String, Object> defaults = new LinkedHashMap<>();
		defaults.put("enabled", true);
		defaults.put("protocols", client.protocols().stream().map(Protocol::id).toList());
		defaults.put("transport", client.transport());
		defaults.put("compression", client.compression());
		defaults.put("max-response-header-size", DataSize.ofBytes(client.maxResponseHeaderSize()));
		defaults.put("proxy.mode", client.proxy().mode());
		defaults.put("logging.exchange", client.logExchanges());
		defaults.put("leak-detection-threshold", client.leaks().detectionThreshold());
		defaults.put("leak-reclaim-threshold", client.leaks().reclaimThreshold());
		addAll(defaults, "pool", client.pool());
		addAll(defaults, "timeouts", client.timeouts());
		addAll(defaults, "tcp", client.tcp());
		addAll(defaults, "http2", client.http2());
		addAll(defaults, "discard", client.discard());
		addAll(defaults, "replay", client.replay());
		addAll(defaults, "dns", client.dns());
		addAll(defaults, "endpoint", client.endpoint());
		defaults.remove("replay.retry-statuses");
		return defaults;
	}

	private static void addAll(Map<String, Object> defaults, String group, Record settings) {
		for (var component : settings.getClass().getRecordComponents()) {
			String name = group + "." + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			try {
				Object value = component.getAccessor().invoke(settings);
				defaults.put(name, name.matches(".*-(size|bytes)") ? DataSize.ofBytes((Integer) value)
						: (value instanceof IdleTimeout timeout) ? timeout.longest() : value);
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	private Map<String, JsonNode> properties() {
		return this.metadata.get("properties")
			.valueStream()
			.filter((property) -> property.get("name").asString().startsWith(PREFIX) && !property.has("deprecation"))
			.collect(Collectors.toMap((property) -> property.get("name").asString().substring(PREFIX.length()),
					(property) -> property, (left, right) -> left, TreeMap::new));
	}

	private static Map<String, String> groups() {
		Map<String, String> groups = new LinkedHashMap<>();
		groups.put("", "Client");
		groups.put("pool", "Connections: `pool`");
		groups.put("timeouts", "Deadlines: `timeouts`");
		groups.put("tcp", "Sockets: `tcp`");
		groups.put("http2", "HTTP/2: `http2`");
		groups.put("discard", "Abandoned responses: `discard`");
		groups.put("replay", "Sending again: `replay`");
		groups.put("dns", "Names: `dns`");
		groups.put("proxy", "Proxies: `proxy`");
		groups.put("ssl", "TLS: `ssl`");
		groups.put("logging", "Logging: `logging`");
		groups.put("findings", "Findings: `findings`");
		groups.put("endpoint", "Memory of the endpoint: `endpoint`");
		groups.put("oauth2", "Tokens: `oauth2`");
		return groups;
	}

	private String page() {
		StringBuilder page = new StringBuilder(INTRODUCTION);
		GROUPS.forEach((group, title) -> page.append("\n## ").append(title).append("\n\n").append(table(group)));
		return page.append(EPILOGUE).toString();
	}

	private String table(String group) {
		return properties().entrySet()
			.stream()
			.filter((entry) -> group(entry.getKey()).equals(group))
			.map((entry) -> row(entry.getKey(), entry.getValue()))
			.collect(Collectors.joining("",
					"| Property | Default | Description | Go's name |\n| --- | --- | --- | --- |\n", ""));
	}

	private static String group(String name) {
		return name.contains(".") ? name.substring(0, name.indexOf('.')) : "";
	}

	private static String row(String name, JsonNode property) {
		JsonNode value = property.path("defaultValue");
		String text = value.isArray() ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "))
				: value.asString("");
		return "| `%s%s` | %s | %s | %s |\n".formatted(PREFIX, name, text.isEmpty() ? "" : "`" + text + "`",
				property.get("description").asString(), GO_NAMES.getOrDefault(name, ""));
	}

}
