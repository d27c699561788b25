package dev.connpool.actuate;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint shows what should be changed.
 */
class ConnPoolFindingsIntegrationTests {

	@Test
	void findingsAreShownWithEachClient() {
		try (EndpointApplication application = EndpointApplication.start(WebApplicationType.REACTIVE,
				"conn-pool.clients.orders.timeouts.response-header=60s")) {
			JsonNode findings = application.get("").json().at("/clients/orders/findings");
			assertThat(findings.size()).isOne();
			assertThat(findings.at("/0/rule").asString()).isEqualTo("deadline-order");
			assertThat(findings.at("/0/severity").asString()).isEqualTo("warning");
			assertThat(findings.at("/0/host").isNull()).isTrue();
			assertThat(findings.at("/0/message").asString())
				.contains("'conn-pool.clients.orders.timeouts.response-header' (60 s) never passes");
			assertThat(application.get("/orders").json().get("findings")).isEqualTo(findings);
			assertThat(application.get("/default").json().get("findings").isEmpty()).isTrue();
		}
	}

	@Test
	void findingsCanBeSilenced() {
		try (EndpointApplication application = EndpointApplication.start(WebApplicationType.REACTIVE,
				"conn-pool.timeouts.response-header=60s", "conn-pool.findings.silenced=deadline-order")) {
			assertThat(application.get("/default").json().get("findings").isEmpty()).isTrue();
		}
	}

}
