package dev.connpool.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.connpool.finding.Finding;
import dev.connpool.finding.Findings;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Each sick host is found out, and nothing else is found of it.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@ActiveProfiles("sick")
class SicknessIntegrationTests {

	/** What goes with it. */
	private static final Map<Sickness, List<String>> COMPANIONS = Map.of(Sickness.SATURATED,
			List.of("turned-away", "right-size"), Sickness.REFUSED, List.of("turned-away"), Sickness.BLACK_HOLE,
			List.of("turned-away"));

	private static final int PORT = freePort();

	@DynamicPropertySource
	static void properties(DynamicPropertyRegistry properties) {
		properties.add("sample.backend-port", () -> PORT);
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void eachIsFoundWithinAQuarterOfAMinute(@Autowired Findings findings) {
		Map<Sickness, Long> after = new TreeMap<>();
		long begun = System.nanoTime();
		await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200)).until(() -> {
			for (Sickness sickness : Sickness.values()) {
				if (rules(findings, sickness).contains(sickness.finding())) {
					after.putIfAbsent(sickness, Duration.ofNanos(System.nanoTime() - begun).toSeconds());
				}
			}
			return after.size() == Sickness.values().length;
		});
		assertThat(after).as("seconds until each was found")
			.allSatisfy((sickness, seconds) -> assertThat(seconds).isLessThanOrEqualTo(15));
		Arrays.stream(Sickness.values())
			.forEach((sickness) -> assertThat(rules(findings, sickness)).as("%s", sickness)
				.filteredOn((rule) -> !COMPANIONS.getOrDefault(sickness, List.of()).contains(rule))
				.containsExactly(sickness.finding()));
	}

	private static List<String> rules(Findings findings, Sickness sickness) {
		return findings.of(sickness.client()).stream().map(Finding::rule).map((rule) -> rule.id()).toList();
	}

}
