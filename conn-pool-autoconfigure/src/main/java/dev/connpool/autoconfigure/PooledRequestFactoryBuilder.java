package dev.connpool.autoconfigure;

import java.util.List;
import java.util.function.UnaryOperator;

import dev.connpool.blocking.BlockingRequestFactory;
import dev.connpool.connector.BlockedCall;
import dev.connpool.settings.Transport;
import dev.connpool.web.ClientTransport;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Builds request factories that run on the pool of one client, all of them on the same
 * transport.
 */
final class PooledRequestFactoryBuilder implements ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> {

	private final CustomizedDoor<ReactorClientHttpRequestFactoryBuilder> customized;

	private final ClientHttpRequestFactory own;

	PooledRequestFactoryBuilder(ClientDoor door, CustomizedBuilder<ReactorClientHttpRequestFactoryBuilder> customized,
			TransportChoice choice) {
		this.customized = new CustomizedDoor<>(door, customized, choice, PooledRequestFactoryBuilder::build);
		this.own = requestFactory(door.own());
	}

	/**
	 * Apply beans to Boot's builder.
	 * @param customizers the beans in their order
	 * @return the builder
	 */
	static CustomizedBuilder<ReactorClientHttpRequestFactoryBuilder> customized(
			List<NamedBean<ClientHttpRequestFactoryBuilderCustomizer<?>>> customizers) {
		return new CustomizedBuilder<>(ClientHttpRequestFactoryBuilder.reactor(),
				(builder, client, later) -> builder.withHttpClientCustomizer(client)
					.withCustomizer((requestFactory) -> later.run()))
			.apply(customizers, PooledRequestFactoryBuilder::customize);
	}

	@SuppressWarnings("unchecked")
	private static ReactorClientHttpRequestFactoryBuilder customize(
			ClientHttpRequestFactoryBuilderCustomizer<?> customizer, ReactorClientHttpRequestFactoryBuilder builder) {
		ReactorClientHttpRequestFactoryBuilder[] customized = { builder };
		LambdaSafe.callback(ClientHttpRequestFactoryBuilderCustomizer.class, customizer, builder)
			.invoke((callback) -> customized[0] = (ReactorClientHttpRequestFactoryBuilder) callback.customize(builder));
		return customized[0];
	}

	@Override
	public ClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
		return (settings == null || door().isOwn(settings)) ? this.own : requestFactory(settings);
	}

	private ClientHttpRequestFactory requestFactory(HttpClientSettings settings) {
		if (transport().used() == Transport.DIRECT) {
			return new BlockingRequestFactory(
					door().isOwn(settings) ? this.customized.httpClient() : this.customized.httpClient(settings));
		}
		return build(this.customized.builder(), this.customized.start(settings),
				(httpClient) -> door().customize(httpClient).mapConnect(BlockedCall::over));
	}

	ClientDoor door() {
		return this.customized.door();
	}

	/**
	 * Return the transport of all request factories.
	 * @return the transport, and why it is that one
	 */
	ClientTransport transport() {
		return this.customized.transport();
	}

	private static ClientHttpRequestFactory build(ReactorClientHttpRequestFactoryBuilder builder,
			ClientDoor.Start start, UnaryOperator<HttpClient> last) {
		return builder.withoutHttpClientDefaults()
			.withHttpClientFactory(start::httpClient)
			.withHttpClientCustomizer(last)
			.build(start.settings());
	}

}
