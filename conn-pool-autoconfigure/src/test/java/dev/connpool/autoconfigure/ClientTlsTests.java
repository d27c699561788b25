package dev.connpool.autoconfigure;

import java.util.Set;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import dev.connpool.client.TlsMaterial;
import org.junit.jupiter.api.Test;

import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ClientTls}.
 */
class ClientTlsTests {

	private final MockEnvironment environment = new MockEnvironment();

	private final DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry();

	@Test
	void materialIsTheManagersCiphersAndVersionsOfTheBundle() {
		SslManagerBundle managers = SslBundle.systemDefault().getManagers();
		SslOptions options = SslOptions.of(Set.of("TLS_AES_128_GCM_SHA256"), Set.of("TLSv1.3"));
		TlsMaterial material = tls(null).material(SslBundle.of(null, null, options, null, managers));
		assertThat(material.keyManagers()).isSameAs(managers.getKeyManagerFactory());
		assertThat(material.trustManagers()).isSameAs(managers.getTrustManagerFactory());
		assertThat(material.ciphers()).containsExactly("TLS_AES_128_GCM_SHA256");
		assertThat(material.versions()).containsExactly("TLSv1.3");
	}

	@Test
	void materialOfABundleIsAlwaysTheSame() {
		ClientTls tls = tls(null);
		SslBundle bundle = SslBundle.of(null);
		assertThat(tls.material(bundle)).isSameAs(tls.material(bundle)).isNotEqualTo(tls.material(SslBundle.of(null)));
	}

	@Test
	void materialIsTheDefaultWithoutABundle() {
		assertThat(tls(null).material(tls(null).bundle("default"))).isSameAs(TlsMaterial.DEFAULT);
	}

	@Test
	void bundleIsTheOneThatIsNamed() {
		SslBundle bundle = SslBundle.of(null);
		this.bundles.registerBundle("mine", bundle);
		this.environment.setProperty("conn-pool.ssl.bundle", "mine");
		assertThat(tls(SslBundle.of(null)).bundle("default")).isSameAs(bundle);
	}

	@Test
	void bundleIsBootsWhenNoneIsNamed() {
		SslBundle fallback = SslBundle.of(null);
		assertThat(tls(fallback).bundle("default")).isSameAs(fallback);
	}

	@Test
	void unknownBundleIsReportedWhereItWasNamed() {
		this.bundles.registerBundle("mine", SslBundle.of(null));
		this.environment.setProperty("conn-pool.ssl.bundle", "mime");
		this.environment.setProperty("conn-pool.clients.orders.compression", "false");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(() -> tls(null).bundle("orders"))
			.withMessageStartingWith(
					"Property 'conn-pool.ssl.bundle' is 'mime' but must be the name of an SSL bundle, one of [mine]");
	}

	@Test
	void bundleWithoutAnyIsReported() {
		this.environment.setProperty("conn-pool.ssl.bundle", "mime");
		ClientTls tls = new ClientTls(new ConfiguredClients(this.environment), null, () -> null);
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(() -> tls.bundle("default"))
			.withMessageContaining("and there is none");
	}

	private ClientTls tls(SslBundle fallback) {
		return new ClientTls(new ConfiguredClients(this.environment), this.bundles, () -> fallback);
	}

}
