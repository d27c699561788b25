package dev.connpool.autoconfigure;

import java.util.List;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import dev.connpool.settings.Transport;
import dev.connpool.web.ClientTransport;

/**
 * Decides on which transport the {@code WebClient} of a client runs.
 *
 * @param configured what is asked for
 */
record TransportChoice(ConfiguredClients configured) {

	/**
	 * Decide for one client.
	 * @param client the client name
	 * @param changing the names of the beans that change its Reactor Netty client
	 * @return the transport
	 * @throws InvalidPropertyException if a property asks for what the beans rule out
	 */
	ClientTransport of(String client, List<String> changing) {
		Transport wanted = this.configured.settings(client).transport();
		String property = this.configured.property(client, "transport");
		if (wanted == Transport.AUTO) {
			return changing.isEmpty() ? new ClientTransport(Transport.DIRECT, "no bean customizes the HttpClient")
					: new ClientTransport(Transport.REACTOR_NETTY, beans(changing) + " the HttpClient");
		}
		if (wanted == Transport.DIRECT && !changing.isEmpty()) {
			throw new InvalidPropertyException(property, wanted,
					"%s the Reactor Netty HttpClient of client '%s', which requests of 'direct' do not come through;"
						.formatted(beans(changing), client)
							+ " do without that change, or set 'auto' or 'reactor-netty'",
					null);
		}
		return new ClientTransport(wanted, "'%s' is '%s'".formatted(property, wanted));
	}

	private static String beans(List<String> names) {
		return (names.size() == 1) ? "bean '%s' customizes".formatted(names.get(0))
				: "beans '%s' customize".formatted(String.join("', '", names));
	}

}
