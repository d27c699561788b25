package dev.connpool.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps what is written by hand true: links lead somewhere, properties exist, errors are
 * explained, and the README and the page about testing show the sample.
 */
class PagesTests {

	private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

	private static final Path METADATA = Path.of("target/classes/META-INF/spring-configuration-metadata.json");

	private static final Path ERRORS = Path.of("src/main/java/dev/connpool/error");

	private static final Pattern YAML = Pattern.compile("^```yaml\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern FENCED = Pattern.compile("^```.*?^```$", Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern PROPERTY = Pattern.compile("(?<![\\w./-])conn-pool\\.[a-z][\\w.<>-]*[\\w>]");

	private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");

	private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

	private static final Pattern OF_A_CLIENT_OR_HOST = Pattern.compile("\\b(?:clients|hosts)\\.[\\w<>-]+(?:\\.|$)");

	/** The typing error that getting started shows the answer to. */
	private static final String MISSPELT = "conn-pool.pool.max-conections-per-host";

	private static final int YAML_LINES = 12;

	private final Map<Path, String> pages = pages();

	private final Set<String> properties = properties();

	@Test
	void readmeShowsTheSettingsOfTheSample() throws IOException {
		List<String> sample = Files.readAllLines(ROOT.resolve("sample-app/src/main/resources/application.yml"));
		assertThat(yaml(page("README.md")).findFirst().orElseThrow().lines().toList())
			.isEqualTo(sample.subList(0, sample.indexOf("")))
			.hasSizeLessThanOrEqualTo(YAML_LINES);
	}

	@Test
	void testingShowsTheTestOfTheSample() throws IOException {
		Path test = ROOT.resolve("sample-app/src/test/java/dev/connpool/sample/RestartIntegrationTests.java");
		assertThat(page("docs/testing.md")).contains("```java\n" + Files.readString(test) + "```");
	}

	@Test
	void everyPropertyInAPageExists() {
		this.pages.forEach((path,
				page) -> assertThat(PROPERTY.matcher(page).results().map(MatchResult::group).map(PagesTests::unnamed))
					.as(path.toString())
					.allMatch(this::exists));
	}

	@Test
	void everyPropertyInAnExampleExists() {
		this.pages.forEach((path,
				page) -> assertThat(yaml(page).flatMap(PagesTests::keys)
					.filter((key) -> key.startsWith("conn-pool.") && !key.equals(MISSPELT))
					.map(PagesTests::unnamed)).as(path.toString())
					.allMatch((key) -> this.properties.contains(key) || key.endsWith(".authority")));
	}

	@Test
	void everyErrorIsExplained() throws IOException {
		try (Stream<Path> sources = Files.list(ERRORS)) {
			List<String> headings = headings(page("docs/errors.md"));
			assertThat(sources.map((source) -> source.getFileName().toString().replace(".java", ""))
				.filter((name) -> !Set
					.of("package-info", "ConnPoolException", "DeadlineException", "Printable", "ProxyName")
					.contains(name)))
				.isNotEmpty()
				.allMatch(headings::contains);
		}
	}

	@Test
	void everyLinkLeadsSomewhere() {
		this.pages.forEach((path,
				page) -> assertThat(
						LINK.matcher(FENCED.matcher(page).replaceAll("")).results().map((link) -> link.group(1)))
					.as(path.toString())
					.allMatch((link) -> link.startsWith("https://") || leadsSomewhere(path, link)));
	}

	@Test
	void everyPageIsInTheIndex() {
		String index = page("docs/README.md");
		assertThat(this.pages.keySet().stream().map(ROOT.resolve("docs")::relativize).map(Path::toString))
			.filteredOn((page) -> !page.startsWith("..") && !page.equals("README.md"))
			.isNotEmpty()
			.allMatch((page) -> index.contains("(" + page + ")"));
	}

	private boolean exists(String name) {
		return name.equals(MISSPELT)
				|| this.properties.stream().anyMatch((property) -> (property + ".").startsWith(name + "."));
	}

	/**
	 * Leave out the names that users choose.
	 */
	private static String unnamed(String property) {
		String unnamed = OF_A_CLIENT_OR_HOST.matcher(property).replaceAll("");
		return unnamed.endsWith(".") ? unnamed.substring(0, unnamed.length() - 1) : unnamed;
	}

	private boolean leadsSomewhere(Path page, String link) {
		String[] parts = link.split("#", 2);
		Path target = parts[0].isEmpty() ? page
				: Objects.requireNonNull(page.getParent()).resolve(parts[0]).normalize();
		return Files.exists(target) && (parts.length == 1
				|| headings(page(target)).stream().map(PagesTests::anchor).anyMatch(parts[1]::equals));
	}

	private static List<String> headings(String page) {
		return HEADING.matcher(page).results().map((heading) -> heading.group(1)).toList();
	}

	private static String anchor(String heading) {
		return heading.codePoints()
			.map(Character::toLowerCase)
			.filter((c) -> Character.isLetterOrDigit(c) || c == ' ' || c == '-' || c == '_')
			.mapToObj((c) -> (c == ' ') ? "-" : Character.toString(c))
			.collect(Collectors.joining());
	}

	private static Stream<String> yaml(String page) {
		return YAML.matcher(page).results().map((block) -> block.group(1));
	}

	private static Stream<String> keys(String yaml) {
		YamlPropertiesFactoryBean properties = new YamlPropertiesFactoryBean();
		properties.setResources(new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
		return Objects.requireNonNull(properties.getObject()).stringPropertyNames().stream();
	}

	private String page(String name) {
		return page(ROOT.resolve(name));
	}

	private String page(Path path) {
		return Objects.requireNonNull(this.pages.get(path), () -> "No page " + path);
	}

	private static Map<Path, String> pages() {
		List<Path> paths = new ArrayList<>();
		try (Stream<Path> root = Files.list(ROOT); Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
			Stream.of(root, docs, Stream.of(ROOT.resolve("sample-app/README.md"), ROOT.resolve("benchmarks/README.md")))
				.flatMap((found) -> found)
				.filter((path) -> path.toString().endsWith(".md"))
				.forEach(paths::add);
			Map<Path, String> pages = new TreeMap<>();
			for (Path path : paths) {
				pages.put(path, Files.readString(path));
			}
			return pages;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Set<String> properties() {
		return new JsonMapper().readTree(METADATA.toFile())
			.get("properties")
			.valueStream()
			.map((property) -> property.get("name").asString())
			.collect(Collectors.toSet());
	}

}
