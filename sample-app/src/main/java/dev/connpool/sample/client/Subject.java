package dev.connpool.sample.client;

import dev.connpool.settings.ClientSettings;

/**
 * A kind of client that a lab examines.
 */
public interface Subject {

	/**
	 * Open a fresh client with a pool of its own.
	 * @param baseUrl what its requests are relative to
	 * @param settings what is wished for, as far as this kind of client can be told
	 * @return the client
	 */
	OpenClient open(String baseUrl, ClientSettings settings);

}
