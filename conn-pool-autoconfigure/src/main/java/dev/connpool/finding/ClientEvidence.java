package dev.connpool.finding;

import java.time.Duration;

import dev.connpool.settings.ClientSettings;

/**
 * What rules know about a client.
 *
 * @param name the client name
 * @param settings the settings of the client
 */
record ClientEvidence(String name, ClientSettings settings) {

	/**
	 * Return the full name of a property, in quotes.
	 * @param setting the name relative to the client
	 * @return the name as it is written in {@code application.yml}
	 */
	String property(String setting) {
		String prefix = this.name.equals("default") ? "conn-pool." : "conn-pool.clients." + this.name + ".";
		return "'" + prefix + setting + "'";
	}

	/**
	 * Return a duration as it is written in {@code application.yml}.
	 * @param duration the duration
	 * @return the text
	 */
	static String text(Duration duration) {
		long millis = duration.toMillis();
		return (millis % 1000 == 0) ? millis / 1000 + "s" : millis + "ms";
	}

}
