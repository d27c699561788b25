package dev.connpool.metrics;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.connpool.finding.ClientFindings;
import dev.connpool.finding.Findings;
import dev.connpool.finding.Rule;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.testing.TestSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link FindingMeters}.
 */
class FindingMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void thereIsAGaugeForEachRule() {
		ClientFindings client = new ClientFindings("orders",
				new TestSettings().responseHeader(Duration.ofSeconds(60))::build, FindingMetersTests::nothing,
				FindingMetersTests::nothing);
		try (Findings findings = new Findings(Map.of("orders", client))) {
			new FindingMeters(findings, List.of("orders")).bindTo(this.registry);
			assertThat(this.registry.get("http.client.findings").gauges()).hasSize(Rule.values().length)
				.allSatisfy((gauge) -> assertThat(gauge.value()).isZero());
			findings.start();
			await().untilAsserted(() -> assertThat(value("deadline-order", "warning")).isOne());
			assertThat(value("pool-saturated", "error")).isZero();
		}
	}

	private double value(String rule, String severity) {
		return this.registry.get("http.client.findings")
			.tags("client.name", "orders", "rule", rule, "severity", severity)
			.gauge()
			.value();
	}

	private static ClientSnapshot nothing() {
		return new ClientSnapshot("orders", List.of(), Map.of(), List.of(), false);
	}

}
