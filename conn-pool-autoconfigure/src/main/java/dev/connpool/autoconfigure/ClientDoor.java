package dev.connpool.autoconfigure;

import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.web.ConnPoolClientCustomizer;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.transport.ClientTransport.ResolvedAddressSelector;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.ReactorHttpClientBuilder;
import org.springframework.boot.ssl.SslBundle;

/**
 * What {@code WebClient} and {@code RestClient} have in common when they come to one
 * client: Boot's builders start from its {@link HttpClient}, apply the settings that are
 * theirs, and end with our customizers.
 */
final class ClientDoor {

	private final PooledHttpClient pooled;

	private final ClientTls tls;

	private final @Nullable SslBundle bundle;

	private final BootSettings boot;

	private final List<ConnPoolClientCustomizer> customizers;

	private final HttpClient filtered;

	ClientDoor(PooledHttpClient pooled, ClientTls tls, BootSettings boot, List<ConnPoolClientCustomizer> customizers) {
		this.pooled = pooled;
		this.tls = tls;
		this.bundle = tls.bundle(pooled.name());
		this.boot = boot;
		this.customizers = customizers;
		// Connections are shared only by clients with the same address selector, and
		// Boot makes a new one for a filter each time.
		this.filtered = new ReactorHttpClientBuilder().withHttpClientFactory(pooled::httpClient)
			.withoutHttpClientDefaults()
			.build(HttpClientSettings.defaults().withInetAddressFilter(boot.own().inetAddressFilter()));
	}

	PooledHttpClient pooled() {
		return this.pooled;
	}

	/**
	 * Return what Boot applies to this client when it is not told otherwise.
	 * @return the settings
	 */
	HttpClientSettings own() {
		return this.boot.own();
	}

	/**
	 * Return whether settings ask for nothing but what this client is.
	 * @param settings the settings that a builder was given
	 * @return whether the client's own will do
	 */
	boolean isOwn(@Nullable HttpClientSettings settings) {
		return settings == null || this.boot.contains(settings);
	}

	/**
	 * Return what a builder starts from.
	 * @param settings the settings that it was given
	 * @param keepsAddresses whether it selects no addresses itself
	 * @return the client, which cares for TLS and filters addresses
	 */
	Start start(HttpClientSettings settings, boolean keepsAddresses) {
		HttpClientSettings remaining = this.boot.withoutOurs(settings);
		if (!isOwn(settings) && isOther(settings.sslBundle())) {
			return new Start(this.pooled.httpClient(this.tls.material(settings.sslBundle())), remaining);
		}
		if (keepsAddresses && Objects.equals(settings.inetAddressFilter(), own().inetAddressFilter())) {
			return new Start(this.filtered, remaining.withInetAddressFilter(null));
		}
		return new Start(this.pooled.httpClient(), remaining);
	}

	/**
	 * Apply our customizers.
	 * @param httpClient the client so far
	 * @return the client to use
	 */
	HttpClient customize(HttpClient httpClient) {
		HttpClient customized = httpClient;
		for (ConnPoolClientCustomizer customizer : this.customizers) {
			customized = customizer.customize(this.pooled.name(), customized);
		}
		return customized;
	}

	/**
	 * Return whether a builder leaves the selection of addresses alone. There is no
	 * getter for it, but it is part of the hash.
	 * @param build builds from a start with a last step
	 * @return whether the address selector of the start is kept
	 */
	boolean keepsAddresses(BiConsumer<Start, UnaryOperator<HttpClient>> build) {
		ResolvedAddressSelector<HttpClientConfig> marker = (config, addresses) -> addresses;
		HttpClient marked = this.pooled.httpClient().resolvedAddressesSelector(marker);
		CapturedClient captured = new CapturedClient(UnaryOperator.identity());
		build.accept(new Start(marked, HttpClientSettings.defaults()), captured);
		HttpClient built = captured.get();
		return built.configuration()
			.channelHash() == built.resolvedAddressesSelector(marker).configuration().channelHash();
	}

	private boolean isOther(@Nullable SslBundle given) {
		return given != null && !given.equals(this.bundle);
	}

	/**
	 * What a builder starts from.
	 *
	 * @param httpClient the client
	 * @param settings what is left to apply to it
	 */
	record Start(HttpClient httpClient, HttpClientSettings settings) {

	}

}
