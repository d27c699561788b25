package dev.connpool.autoconfigure;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.connpool.autoconfigure.binding.BootSettings;
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

	private final List<NamedBean<ConnPoolClientCustomizer>> customizers;

	private final Variant ownTls;

	private final Map<SslBundle, Variant> otherTls = Collections.synchronizedMap(new WeakHashMap<>());

	ClientDoor(PooledHttpClient pooled, ClientTls tls, BootSettings boot,
			List<NamedBean<ConnPoolClientCustomizer>> customizers) {
		this.pooled = pooled;
		this.tls = tls;
		this.bundle = tls.bundle(pooled.name());
		this.boot = boot;
		this.customizers = customizers;
		this.ownTls = variant(pooled.httpClient());
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
		Variant variant = isOwn(settings) ? this.ownTls : variant(settings.sslBundle());
		if (keepsAddresses && Objects.equals(settings.inetAddressFilter(), own().inetAddressFilter())) {
			return new Start(variant.filtered(), remaining.withInetAddressFilter(null));
		}
		return new Start(variant.httpClient(), remaining);
	}

	/**
	 * Apply our customizers.
	 * @param httpClient the client so far
	 * @return the client to use
	 */
	HttpClient customize(HttpClient httpClient) {
		return customize(httpClient, (name) -> {
		});
	}

	/**
	 * Apply our customizers.
	 * @param httpClient the client so far
	 * @param changing takes the names of those that make another client of it
	 * @return the client to use
	 */
	// A client that an operator was applied to is another one, whatever that has set.
	@SuppressWarnings("ReferenceEquality")
	HttpClient customize(HttpClient httpClient, Consumer<String> changing) {
		HttpClient customized = httpClient;
		for (NamedBean<ConnPoolClientCustomizer> customizer : this.customizers) {
			HttpClient before = customized;
			customized = customizer.bean().customize(this.pooled.name(), before);
			if (customized != before) {
				changing.accept(customizer.name());
			}
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

	private Variant variant(@Nullable SslBundle given) {
		if (given == null || given.equals(this.bundle)) {
			return this.ownTls;
		}
		return this.otherTls.computeIfAbsent(given,
				(other) -> variant(this.pooled.httpClient(this.tls.material(other))));
	}

	private Variant variant(HttpClient httpClient) {
		return new Variant(httpClient,
				new ReactorHttpClientBuilder().withHttpClientFactory(() -> httpClient)
					.withoutHttpClientDefaults()
					.build(HttpClientSettings.defaults().withInetAddressFilter(own().inetAddressFilter())));
	}

	/**
	 * What a builder starts from.
	 *
	 * @param httpClient the client
	 * @param settings what is left to apply to it
	 */
	record Start(HttpClient httpClient, HttpClientSettings settings) {

	}

	/**
	 * The client with one TLS material. Connections are shared only by clients with the
	 * same material and the same address selector, and Boot makes a new selector for a
	 * filter each time.
	 *
	 * @param httpClient the client
	 * @param filtered the same with the address filter that every client has
	 */
	private record Variant(HttpClient httpClient, HttpClient filtered) {

	}

}
