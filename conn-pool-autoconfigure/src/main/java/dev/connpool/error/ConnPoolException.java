package dev.connpool.error;

import java.io.IOException;

import dev.connpool.settings.ClientSettings;
import org.jspecify.annotations.Nullable;

/**
 * Base of all errors that a client raises itself. The message names the client, the host,
 * the limit or deadline, and the property to change.
 * <p>
 * {@code WebClient} delivers it as the cause of its {@code WebClientRequestException}, or
 * of its {@code WebClientResponseException} once the response header has arrived;
 * {@code RestClient} as the cause of its {@code ResourceAccessException}.
 */
public abstract class ConnPoolException extends IOException {

	private final String client;

	private final String host;

	ConnPoolException(String client, String host, String message, @Nullable Throwable cause) {
		super(Printable.message("Client '%s', host %s: %s".formatted(client, host, message)), Printable.cause(cause));
		this.client = client;
		this.host = host;
	}

	/**
	 * Return the full name of a property of a client, as it is written in
	 * {@code application.yml}.
	 * @param client the client name
	 * @param name the name relative to the client
	 * @return the property name
	 */
	static String property(String client, String name) {
		return ClientSettings.property(client, name);
	}

	/**
	 * Return the name of the client.
	 * @return the client name
	 */
	public String client() {
		return this.client;
	}

	/**
	 * Return the host that was asked for.
	 * @return the host, as {@code scheme://host:port}
	 */
	public String host() {
		return this.host;
	}

}
