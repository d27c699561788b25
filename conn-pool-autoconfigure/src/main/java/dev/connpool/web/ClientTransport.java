package dev.connpool.web;

import dev.connpool.settings.Transport;

/**
 * What sends the requests of a {@code WebClient}.
 *
 * @param used {@link Transport#DIRECT} or {@link Transport#REACTOR_NETTY}
 * @param reason why it is that one, such as
 * {@code bean 'wiretap' customizes the HttpClient}
 */
public record ClientTransport(Transport used, String reason) {

	@Override
	public String toString() {
		return this.used.id();
	}

}
