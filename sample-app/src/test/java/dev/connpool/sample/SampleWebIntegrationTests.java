package dev.connpool.sample;

import java.util.List;

import dev.connpool.sample.lab.Lab;
import dev.connpool.sample.lab.LabReport;
import dev.connpool.sample.lab.Labs;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.util.TestSocketUtils;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls the application while it stays up.
 */
@AutoConfigureWebTestClient(timeout = "30s")
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SampleWebIntegrationTests {

	@Autowired
	private WebTestClient web;

	@DynamicPropertySource
	static void backendPort(DynamicPropertyRegistry registry) {
		int port = TestSocketUtils.findAvailableTcpPort();
		registry.add("sample.backend-port", () -> port);
	}

	@Test
	void labsAreListedWithTheirClaims() {
		this.web.get()
			.uri("/labs")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.json("[{\"name\": \"idle\", \"claim\": \"no connection\"}]");
	}

	@Test
	void oneLabRunsOnRequest() {
		LabReport report = this.web.post()
			.uri("/labs/idle")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(LabReport.class)
			.returnResult()
			.getResponseBody();
		assertThat(report).isNotNull();
		assertThat(report.verified()).isTrue();
		assertThat(report.connPool().connections()).isZero();
	}

	@Test
	void allLabsRunOnRequest() {
		this.web.post().uri("/labs").exchange().expectStatus().isOk().expectBodyList(LabReport.class).hasSize(1);
	}

	@Test
	void unknownLabIsNotFound() {
		this.web.post().uri("/labs/unknown").exchange().expectStatus().isNotFound();
	}

	@Test
	void injectedClientReachesTheBackend() {
		this.web.get()
			.uri("/try?requests=100&millis=20")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.requests")
			.isEqualTo(100)
			.jsonPath("$.failed")
			.isEqualTo(0);
	}

	@Test
	void namedClientReachesTheBackend() {
		this.web.get()
			.uri("/try/orders?requests=10")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$.failed")
			.isEqualTo(0);
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class IdleLab {

		@Bean
		@Primary
		Labs idleLab() {
			return new Labs(List.of(), List.of(new Lab("idle", "no connection", 1, (bench) -> Mono.empty(),
					(seen) -> seen.connections() == 0 && seen.failed() == 0)));
		}

	}

}
