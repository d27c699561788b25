package dev.connpool.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.connpool.testing.TestSettings;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SettingsDescriptor}.
 */
class SettingsDescriptorTests {

	@Test
	void aHostIsShownWithEverythingThatCountsForIt() {
		Map<String, Object> settings = SettingsDescriptor.of(new TestSettings()
			.host("model.example.com", (host) -> host.responseHeader(Duration.ofSeconds(60)).maxConnectionsPerHost(3))
			.build(), new Values(List.of()));
		assertThat(settings).extractingByKey("hosts", InstanceOfAssertFactories.map(String.class, Object.class))
			.extractingByKey("model.example.com", InstanceOfAssertFactories.map(String.class, Object.class))
			.containsOnlyKeys("pool", "timeouts", "http2", "replay")
			.hasEntrySatisfying("timeouts",
					(timeouts) -> assertThat(timeouts).asString().contains("responseHeader=PT1M", "request=PT30S"))
			.hasEntrySatisfying("replay", (replay) -> assertThat(replay).asString().contains("enabled=true"));
	}

	@Test
	void whatIsNotTheDefaultIsNamed() {
		assertThat(SettingsDescriptor.changed(new TestSettings().build())).isEmpty();
		assertThat(SettingsDescriptor
			.changed(new TestSettings().responseHeader(Duration.ofSeconds(60)).maxConnectionsPerHost(3).build()))
			.containsExactly("pool.maxConnectionsPerHost", "timeouts.responseHeader");
	}

}
