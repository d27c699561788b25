package dev.connpool.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard and the alerts show our meters, all of them and no others.
 */
class DashboardTests {

	private static final Path DASHBOARD = Path.of("../docs/grafana/conn-pool.json");

	private static final Path ALERTS = Path.of("../docs/prometheus/conn-pool-alerts.yml");

	private static final Pattern METER = Pattern.compile("http_client_[a-z0-9_]+");

	private static final Set<String> METERS = Arrays.stream(ConnPoolMeters.values())
		.map((meter) -> meter.getName().replace('.', '_'))
		.collect(Collectors.toSet());

	@Test
	void dashboardShowsEveryMeter() throws IOException {
		assertThat(meters(DASHBOARD)).containsExactlyInAnyOrderElementsOf(METERS);
	}

	@Test
	void alertsKnowTheMeters() throws IOException {
		assertThat(METERS).containsAll(meters(ALERTS));
	}

	@Test
	void dashboardCanBeImported() throws IOException {
		JsonNode dashboard = new JsonMapper().readTree(Files.readString(DASHBOARD));
		assertThat(dashboard.path("templating").path("list").findValuesAsString("name")).containsExactly("datasource",
				"client", "host");
		List<JsonNode> panels = dashboard.path("panels").valueStream().toList();
		assertThat(panels).extracting((panel) -> panel.path("id").asInt()).doesNotHaveDuplicates();
		assertThat(panels).filteredOn((panel) -> !panel.path("type").asString().equals("row"))
			.allSatisfy(
					(panel) -> assertThat(panel.path("datasource").path("uid").asString()).isEqualTo("${datasource}"));
	}

	private static Set<String> meters(Path file) throws IOException {
		return METER.matcher(Files.readString(file))
			.results()
			.map((meter) -> meter.group().replaceAll("(_seconds)?(_bucket|_count|_sum|_total)$", ""))
			.collect(Collectors.toSet());
	}

}
