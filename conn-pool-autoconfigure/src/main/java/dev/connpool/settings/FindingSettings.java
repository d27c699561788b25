package dev.connpool.settings;

import java.util.Set;

/**
 * What is looked for in a client.
 *
 * @param silenced the rules that are not looked at
 */
public record FindingSettings(Set<String> silenced) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final FindingSettings DEFAULTS = new FindingSettings(Set.of());

	public FindingSettings {
		silenced = Set.copyOf(silenced);
	}

}
