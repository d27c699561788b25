package dev.connpool.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

import dev.connpool.finding.Rule;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps {@code docs/findings.md} complete.
 */
class FindingsReferenceTests {

	private static final Path PAGE = Path.of("../docs/findings.md");

	private static final Pattern HEADING = Pattern.compile("^## `([a-z0-9-]+)`$", Pattern.MULTILINE);

	private static final Pattern ROW = Pattern.compile("^\\| \\[`([a-z0-9-]+)`]\\(#.*\\) \\| ([a-z]+) \\|",
			Pattern.MULTILINE);

	@Test
	void everyRuleHasASection() throws IOException {
		assertThat(HEADING.matcher(Files.readString(PAGE)).results().map((heading) -> heading.group(1)))
			.containsExactlyElementsOf(Arrays.stream(Rule.values()).map(Rule::id).toList());
	}

	@Test
	void theSeverityOfEveryRuleIsRight() throws IOException {
		assertThat(ROW.matcher(Files.readString(PAGE)).results().map((row) -> row.group(1) + " " + row.group(2)))
			.containsExactlyElementsOf(
					Arrays.stream(Rule.values()).map((rule) -> rule.id() + " " + rule.severity().id()).toList());
	}

}
