package dev.connpool.finding;

import java.util.List;

import dev.connpool.settings.ClientSettings;

/**
 * What rules know about a client.
 *
 * @param name the client name
 * @param settings the settings of the client
 * @param unpooled what bypasses all clients, as it is shown; only known to one of them
 */
record ClientEvidence(String name, ClientSettings settings, List<String> unpooled) {

	/**
	 * Return the full name of a property, in quotes.
	 * @param setting the name relative to the client
	 * @return the name as it is written in {@code application.yml}
	 */
	String property(String setting) {
		return "'" + ClientSettings.property(this.name, setting) + "'";
	}

}
