package dev.connpool.autoconfigure;

import java.util.function.UnaryOperator;

import dev.connpool.connector.PooledConnector;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;

/**
 * Builds connectors that run on the pool of one client.
 */
final class PooledConnectorBuilder implements ClientHttpConnectorBuilder<ReactorClientHttpConnector> {

	private final ClientDoor door;

	private final ReactorClientHttpConnectorBuilder builder;

	private final boolean keepsAddresses;

	private final CapturedClient httpClient;

	private final ReactorClientHttpConnector own;

	PooledConnectorBuilder(ClientDoor door, ReactorClientHttpConnectorBuilder builder) {
		this.door = door;
		this.builder = builder.withoutHttpClientDefaults();
		this.keepsAddresses = door.keepsAddresses(this::build);
		this.httpClient = new CapturedClient(door::customize);
		this.own = connector(door.own(), this.httpClient);
	}

	@Override
	public ReactorClientHttpConnector build(@Nullable HttpClientSettings settings) {
		return (settings == null || this.door.isOwn(settings)) ? this.own
				: connector(settings, new CapturedClient(this.door::customize));
	}

	private ReactorClientHttpConnector connector(HttpClientSettings settings, CapturedClient last) {
		build(this.door.start(settings, this.keepsAddresses), last);
		return new PooledConnector(last.get());
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

	private ReactorClientHttpConnector build(ClientDoor.Start start, UnaryOperator<HttpClient> last) {
		return this.builder.withHttpClientFactory(start::httpClient)
			.withHttpClientCustomizer(last)
			.build(start.settings());
	}

}
