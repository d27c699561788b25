package dev.connpool.autoconfigure;

import java.util.List;
import java.util.function.UnaryOperator;

import dev.connpool.connector.DirectConnector;
import dev.connpool.connector.PoolConnector;
import dev.connpool.connector.PooledConnector;
import dev.connpool.settings.Transport;
import dev.connpool.web.ClientTransport;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.util.LambdaSafe;

/**
 * Builds connectors that run on the pool of one client, all of them on the same
 * transport.
 */
final class PooledConnectorBuilder implements ClientHttpConnectorBuilder<PoolConnector> {

	private final CustomizedDoor<ReactorClientHttpConnectorBuilder> customized;

	private final PoolConnector own;

	PooledConnectorBuilder(ClientDoor door, CustomizedBuilder<ReactorClientHttpConnectorBuilder> customized,
			TransportChoice choice) {
		this.customized = new CustomizedDoor<>(door, customized, choice, PooledConnectorBuilder::build);
		this.own = connector(this.customized.httpClient());
	}

	/**
	 * Apply beans to Boot's builder.
	 * @param customizers the beans in their order
	 * @return the builder
	 */
	static CustomizedBuilder<ReactorClientHttpConnectorBuilder> customized(
			List<NamedBean<ClientHttpConnectorBuilderCustomizer<?>>> customizers) {
		return new CustomizedBuilder<>(ClientHttpConnectorBuilder.reactor(),
				(builder, client, later) -> builder.withHttpClientCustomizer(client))
			.apply(customizers, PooledConnectorBuilder::customize);
	}

	@SuppressWarnings("unchecked")
	private static ReactorClientHttpConnectorBuilder customize(ClientHttpConnectorBuilderCustomizer<?> customizer,
			ReactorClientHttpConnectorBuilder builder) {
		ReactorClientHttpConnectorBuilder[] customized = { builder };
		LambdaSafe.callback(ClientHttpConnectorBuilderCustomizer.class, customizer, builder)
			.invoke((callback) -> customized[0] = (ReactorClientHttpConnectorBuilder) callback.customize(builder));
		return customized[0];
	}

	@Override
	public PoolConnector build(@Nullable HttpClientSettings settings) {
		return (settings == null || door().isOwn(settings)) ? this.own
				: connector(this.customized.httpClient(settings));
	}

	private PoolConnector connector(HttpClient httpClient) {
		return (transport().used() == Transport.DIRECT) ? new DirectConnector(httpClient)
				: new PooledConnector(httpClient);
	}

	ClientDoor door() {
		return this.customized.door();
	}

	/**
	 * Return the client that connectors run on when nothing else is asked for.
	 * @return the client with everything applied to it
	 */
	HttpClient httpClient() {
		return this.customized.httpClient();
	}

	/**
	 * Return the transport of all connectors.
	 * @return the transport, and why it is that one
	 */
	ClientTransport transport() {
		return this.customized.transport();
	}

	private static void build(ReactorClientHttpConnectorBuilder builder, ClientDoor.Start start,
			UnaryOperator<HttpClient> last) {
		builder.withoutHttpClientDefaults()
			.withHttpClientFactory(start::httpClient)
			.withHttpClientCustomizer(last)
			.build(start.settings());
	}

}
