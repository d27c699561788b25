package dev.connpool.sample.backend;

import java.security.KeyStore;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * The certificate of the backend, made at start for this machine alone.
 */
public final class BackendCertificate {

	private final X509Bundle bundle;

	private BackendCertificate(X509Bundle bundle) {
		this.bundle = bundle;
	}

	/**
	 * Make a self-signed certificate for {@code localhost} and {@code 127.0.0.1}.
	 * @return the certificate
	 */
	public static BackendCertificate create() {
		try {
			return new BackendCertificate(new CertificateBuilder().ecp256()
				.subject("CN=localhost,O=conn-pool sample")
				.addSanDnsName("localhost")
				.addSanIpAddress("127.0.0.1")
				.setIsCertificateAuthority(true)
				.buildSelfSigned());
		}
		catch (Exception ex) {
			throw new IllegalStateException("The backend's certificate could not be made", ex);
		}
	}

	/**
	 * Return trust in this certificate and in no other.
	 * @return the trust managers
	 */
	public TrustManagerFactory trustManagers() {
		return this.bundle.toTrustManagerFactory();
	}

	/**
	 * Return a store that holds this certificate.
	 * @return the trust store
	 */
	public KeyStore trustStore() {
		try {
			KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
			store.load(null, null);
			store.setCertificateEntry("backend", this.bundle.getCertificate());
			return store;
		}
		catch (Exception ex) {
			throw new IllegalStateException("The backend's trust store could not be made", ex);
		}
	}

	KeyManagerFactory keyManagers() {
		try {
			return this.bundle.toKeyManagerFactory();
		}
		catch (Exception ex) {
			throw new IllegalStateException("The backend's key could not be read", ex);
		}
	}

}
