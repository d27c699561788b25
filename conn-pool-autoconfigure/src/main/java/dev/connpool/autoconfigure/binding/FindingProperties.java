package dev.connpool.autoconfigure.binding;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import dev.connpool.finding.Rule;
import dev.connpool.settings.FindingSettings;
import dev.connpool.settings.InvalidSettingException;
import dev.connpool.settings.Shown;
import org.jspecify.annotations.Nullable;

/**
 * What can be written about findings.
 *
 * @param silenced Rules that are not looked at, such as http2-fallback.
 */
record FindingProperties(@Nullable Set<String> silenced) {

	FindingSettings over(FindingSettings base) {
		if (this.silenced == null) {
			return base;
		}
		List<String> rules = Arrays.stream(Rule.values()).map(Rule::id).toList();
		for (String rule : this.silenced) {
			if (!rules.contains(rule)) {
				throw new InvalidSettingException("findings.silenced", Shown.oneOf(rule, rules),
						"must be one of " + rules.stream().collect(Collectors.joining("', '", "'", "'")));
			}
		}
		return new FindingSettings(this.silenced);
	}

}
