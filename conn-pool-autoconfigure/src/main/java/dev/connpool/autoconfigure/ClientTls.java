package dev.connpool.autoconfigure;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import dev.connpool.client.PooledHttpClient;
import dev.connpool.client.TlsMaterial;
import dev.connpool.settings.Shown;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.core.NestedExceptionUtils;

/**
 * The SSL bundles of clients, and their TLS material. A bundle makes new key and trust
 * managers each time it is asked, and only those who have the same ones share
 * connections, so that it is asked once.
 */
final class ClientTls {

	private static final Log logger = LogFactory.getLog(ClientTls.class);

	private final ConfiguredClients configured;

	private final @Nullable SslBundles bundles;

	private final Supplier<@Nullable SslBundle> fallback;

	private final Map<SslBundle, TlsMaterial> materials = Collections.synchronizedMap(new WeakHashMap<>());

	/**
	 * Create the TLS material of all clients.
	 * @param configured the clients
	 * @param bundles where bundles are found by their names
	 * @param fallback the bundle of clients that name none, asked for when there is one
	 */
	ClientTls(ConfiguredClients configured, @Nullable SslBundles bundles, Supplier<@Nullable SslBundle> fallback) {
		this.configured = configured;
		this.bundles = bundles;
		this.fallback = fallback;
	}

	/**
	 * Return the bundle of a client.
	 * @param name the client name
	 * @return the bundle, or {@code null} for the JDK's trust store
	 */
	@Nullable SslBundle bundle(String name) {
		String bundle = this.configured.settings(name).sslBundle();
		return (bundle != null) ? find(name, bundle) : this.fallback.get();
	}

	/**
	 * Return the TLS material of a bundle.
	 * @param bundle the bundle, or {@code null}
	 * @return the material, the same for the same bundle
	 */
	TlsMaterial material(@Nullable SslBundle bundle) {
		return (bundle != null) ? this.materials.computeIfAbsent(bundle, ClientTls::create) : TlsMaterial.DEFAULT;
	}

	/**
	 * Follow the updates of the bundle of a client.
	 * @param client the client
	 */
	void follow(PooledHttpClient client) {
		String bundle = this.configured.settings(client.name()).sslBundle();
		if (bundle != null && this.bundles != null) {
			this.bundles.addBundleUpdateHandler(bundle, (updated) -> reload(client, bundle, updated));
		}
	}

	private void reload(PooledHttpClient client, String name, SslBundle updated) {
		try {
			int generation = client.reload(material(updated));
			logger.info("Client '%s' uses the updated SSL bundle '%s' (generation %d) and drains its connections"
				.formatted(client.name(), name, generation));
		}
		catch (RuntimeException ex) {
			logger.error("Client '%s' keeps what it has, as the updated SSL bundle '%s' cannot be used: %s"
				.formatted(client.name(), name, NestedExceptionUtils.getMostSpecificCause(ex).getMessage()), ex);
		}
	}

	private SslBundle find(String name, String bundle) {
		List<String> known = (this.bundles != null) ? this.bundles.getBundleNames() : List.of();
		try {
			if (this.bundles != null) {
				return this.bundles.getBundle(bundle);
			}
			throw new NoSuchSslBundleException(bundle, "There are no SSL bundles");
		}
		catch (NoSuchSslBundleException ex) {
			Shown written = Shown.oneOf(bundle, known);
			Object shown = written.isAllOf(bundle) ? bundle : "<name>";
			throw new InvalidPropertyException(this.configured.property(name, "ssl.bundle"), written,
					"must be the name of an SSL bundle, %s; define 'spring.ssl.bundle.pem.%s' or 'spring.ssl.bundle.jks.%s'"
						.formatted(known.isEmpty() ? "and there is none" : "one of " + known, shown, shown),
					null);
		}
	}

	private static TlsMaterial create(SslBundle bundle) {
		SslManagerBundle managers = bundle.getManagers();
		SslOptions options = bundle.getOptions();
		return new TlsMaterial(managers.getKeyManagerFactory(), managers.getTrustManagerFactory(),
				list(options.getCiphers()), list(options.getEnabledProtocols()));
	}

	private static @Nullable List<String> list(String @Nullable [] values) {
		return (values != null) ? List.of(values) : null;
	}

}
