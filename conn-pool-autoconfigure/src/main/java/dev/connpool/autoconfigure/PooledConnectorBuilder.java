package dev.connpool.autoconfigure;

import java.util.ArrayList;
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
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;

/**
 * Builds connectors that run on the pool of one client, all of them on the same
 * transport.
 */
final class PooledConnectorBuilder implements ClientHttpConnectorBuilder<PoolConnector> {

	private final ClientDoor door;

	private final CustomizedBuilder customized;

	private final boolean keepsAddresses;

	private final CapturedClient httpClient;

	private final ClientTransport transport;

	private final PoolConnector own;

	PooledConnectorBuilder(ClientDoor door, CustomizedBuilder customized, TransportChoice choice) {
		this.door = door;
		this.customized = customized;
		this.keepsAddresses = keepsAddresses(customized.builder());
		List<String> changing = new ArrayList<>();
		this.httpClient = new CapturedClient((built) -> door.customize(built, changing::add));
		changing.addAll(0, customized.changing(() -> build(door.own(), this.httpClient)));
		if (!this.keepsAddresses) {
			changing.add(0, customized.first((builder) -> !keepsAddresses(builder)));
		}
		this.transport = choice.of(door.pooled().name(), changing.stream().distinct().toList());
		this.own = connector(this.httpClient.get());
	}

	@Override
	public PoolConnector build(@Nullable HttpClientSettings settings) {
		if (settings == null || this.door.isOwn(settings)) {
			return this.own;
		}
		CapturedClient other = new CapturedClient(this.door::customize);
		build(settings, other);
		return connector(other.get());
	}

	private PoolConnector connector(HttpClient httpClient) {
		return (this.transport.used() == Transport.DIRECT) ? new DirectConnector(httpClient)
				: new PooledConnector(httpClient);
	}

	ClientDoor door() {
		return this.door;
	}

	/**
	 * Return the client that connectors run on when nothing else is asked for.
	 * @return the client with everything applied to it
	 */
	HttpClient httpClient() {
		return this.httpClient.get();
	}

	/**
	 * Return the transport of all connectors.
	 * @return the transport, and why it is that one
	 */
	ClientTransport transport() {
		return this.transport;
	}

	private boolean keepsAddresses(ReactorClientHttpConnectorBuilder builder) {
		return this.door.keepsAddresses((start, last) -> build(builder, start, last));
	}

	private void build(HttpClientSettings settings, UnaryOperator<HttpClient> last) {
		build(this.customized.builder(), this.door.start(settings, this.keepsAddresses), last);
	}

	private static void build(ReactorClientHttpConnectorBuilder builder, ClientDoor.Start start,
			UnaryOperator<HttpClient> last) {
		builder.withoutHttpClientDefaults()
			.withHttpClientFactory(start::httpClient)
			.withHttpClientCustomizer(last)
			.build(start.settings());
	}

}
