package dev.connpool.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Meter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps {@code docs/metrics.md} equal to the meters. Run with {@code -Ddocs.update} to
 * rewrite the page.
 */
class MeterReferenceTests {

	private static final Path REFERENCE = Path.of("../docs/metrics.md");

	private static final String INTRODUCTION = """
			# Metrics

			Names and tags follow OpenTelemetry's semantic conventions for HTTP clients where these have one. What to
			look at, and when to worry, is in [observability](observability.md).

			""";

	@Test
	void referenceMatchesTheMeters() throws IOException {
		String expected = page();
		if (System.getProperty("docs.update") != null) {
			Files.writeString(REFERENCE, expected);
		}
		assertThat(REFERENCE).hasContent(expected);
	}

	@Test
	void everyMeterIsDescribedInOneStyle() {
		assertThat(ConnPoolMeters.values()).allSatisfy((meter) -> {
			assertThat(meter.getName()).startsWith("http.client.");
			assertThat(meter.description()).matches("[A-Z].*[^.]").doesNotMatch("(The|A|An) .*");
		});
	}

	private static String page() {
		return INTRODUCTION + meters() + "\n## Tags\n\nEvery meter has " + tags(MeterTag.CLIENT)
				+ ", and all but `http.client.findings` have " + tags(MeterTag.ADDRESS, MeterTag.PORT) + ".\n\n"
				+ table("Tag", "Values",
						Arrays.stream(MeterTag.values())
							.map((tag) -> "| `%s` | %s |\n".formatted(tag.asString(), tag.description())))
				+ "\n## Histograms\n\nTimers with bounds publish a histogram of them, from which percentiles can be computed across instances.\n"
				+ "`management.metrics.distribution.slo.<meter>` sets other bounds.\n\n"
				+ table("Meter", "Upper bounds",
						Arrays.stream(ConnPoolMeters.values())
							.filter((meter) -> meter.buckets().length > 0)
							.map((meter) -> "| `%s` | %s |\n".formatted(meter.getName(),
									Arrays.stream(meter.buckets())
										.map(MeterReferenceTests::text)
										.collect(Collectors.joining(", ")))));
	}

	private static String meters() {
		return "| Meter | In Prometheus | Type | Own tags | Description |\n| --- | --- | --- | --- | --- |\n" + Arrays
			.stream(ConnPoolMeters.values())
			.map((meter) -> "| `%s` | `%s` | %s | %s | %s. |\n".formatted(meter.getName(), prometheus(meter),
					meter.getType().name().toLowerCase(Locale.ROOT),
					tags(Arrays.stream(meter.getKeyNames()).skip(meter.common().size()).toArray(MeterTag[]::new)),
					meter.description()))
			.collect(Collectors.joining());
	}

	private static String table(String left, String right, Stream<String> rows) {
		return "| %s | %s |\n| --- | --- |\n".formatted(left, right) + rows.collect(Collectors.joining());
	}

	private static String tags(MeterTag... tags) {
		return Arrays.stream(tags).map((tag) -> "`" + tag.asString() + "`").collect(Collectors.joining(", "));
	}

	private static String prometheus(ConnPoolMeters meter) {
		String name = meter.getName().replace('.', '_');
		return name + ((meter.getType() == Meter.Type.COUNTER) ? "_total"
				: (meter.getType() == Meter.Type.TIMER) ? "_seconds" : "");
	}

	private static String text(Duration bound) {
		return (bound.toMillis() < 1000) ? bound.toMillis() + " ms" : bound.toMillis() / 1000.0 + " s";
	}

}
