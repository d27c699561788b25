package dev.connpool.sample;

import dev.connpool.sample.backend.Backend;
import dev.connpool.sample.backend.BackendCertificate;
import dev.connpool.sample.lab.Laboratory;
import dev.connpool.sample.lab.Labs;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/**
 * The backend, trust in it, and the labs.
 */
@Configuration(proxyBeanMethods = false)
class SampleConfiguration {

	private static final long STREAMS = 1000;

	@Bean
	BackendCertificate backendCertificate() {
		return BackendCertificate.create();
	}

	@Bean
	SslBundleRegistrar backendTrust(BackendCertificate certificate) {
		SslStoreBundle stores = SslStoreBundle.of(null, null, certificate.trustStore());
		return (registry) -> registry.registerBundle("backend", SslBundle.of(stores));
	}

	@Bean
	@Profile("sick")
	SslBundleRegistrar trustInStrangers() {
		SslStoreBundle stores = SslStoreBundle.of(null, null, BackendCertificate.create().trustStore());
		return (registry) -> registry.registerBundle("strangers", SslBundle.of(stores));
	}

	@Bean
	@ConditionalOnWebApplication
	Backend backend(BackendCertificate certificate, @Value("${sample.backend-port}") int port) {
		return new Backend(certificate, port, STREAMS);
	}

	@Bean
	Labs labs() {
		return Labs.create();
	}

	@Bean
	Laboratory laboratory(BackendCertificate certificate) {
		return new Laboratory(certificate);
	}

}
