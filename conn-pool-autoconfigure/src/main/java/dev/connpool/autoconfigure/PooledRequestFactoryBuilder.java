package dev.connpool.autoconfigure;

import java.util.function.UnaryOperator;

import dev.connpool.connector.BlockedCall;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.http.client.ReactorClientHttpRequestFactory;

/**
 * Builds request factories that run on the pool of one client.
 */
final class PooledRequestFactoryBuilder implements ClientHttpRequestFactoryBuilder<ReactorClientHttpRequestFactory> {

	private final ClientDoor door;

	private final ReactorClientHttpRequestFactoryBuilder builder;

	private final boolean keepsAddresses;

	private final ReactorClientHttpRequestFactory own;

	PooledRequestFactoryBuilder(ClientDoor door, ReactorClientHttpRequestFactoryBuilder builder) {
		this.door = door;
		this.builder = builder.withoutHttpClientDefaults();
		this.keepsAddresses = door.keepsAddresses(this::build);
		this.own = build(door.start(door.own(), this.keepsAddresses), door::customize);
	}

	@Override
	public ReactorClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
		return (settings == null || this.door.isOwn(settings)) ? this.own
				: build(this.door.start(settings, this.keepsAddresses), this.door::customize);
	}

	ClientDoor door() {
		return this.door;
	}

	private ReactorClientHttpRequestFactory build(ClientDoor.Start start, UnaryOperator<HttpClient> last) {
		return this.builder.withHttpClientFactory(start::httpClient)
			.withHttpClientCustomizer((httpClient) -> last.apply(httpClient).mapConnect(BlockedCall::over))
			.build(start.settings());
	}

}
