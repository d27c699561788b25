package dev.connpool.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import dev.connpool.client.TlsMaterial;
import io.netty.pkitesting.X509Bundle;

/**
 * A self-signed certificate, made for one test run.
 */
public final class TestCertificate {

	/**
	 * Good for every {@link ObservedServer}.
	 */
	public static final TestCertificate LOOPBACK = new TestCertificate(LoopbackCertificate.BUNDLE);

	/**
	 * As good, but another.
	 */
	public static final TestCertificate RENEWED = new TestCertificate(
			LoopbackCertificate.selfSigned("localhost", ObservedServer.HOST));

	/**
	 * Good for the name that a {@link NameServer} knows.
	 */
	public static final TestCertificate NAMED = new TestCertificate(
			LoopbackCertificate.selfSigned(NameServer.NAME, ObservedServer.HOST));

	/**
	 * Good for a host that no {@link ObservedServer} is.
	 */
	public static final TestCertificate ELSEWHERE = new TestCertificate(
			LoopbackCertificate.selfSigned("elsewhere.example", "192.0.2.1"));

	private final X509Bundle bundle;

	private TestCertificate(X509Bundle bundle) {
		this.bundle = bundle;
	}

	/** For a client that trusts exactly this certificate. */
	public TlsMaterial trusted() {
		return new TlsMaterial(null, trustManagers(), null, null);
	}

	/** For an SSL bundle that trusts exactly this certificate. */
	public KeyStore trustStore() {
		try {
			KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
			store.load(null);
			store.setCertificateEntry("trusted", certificate());
			return store;
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** The certificate and its key in one file, for a server that reads PEM. */
	public void writeTo(Path file) throws IOException {
		Files.writeString(file, this.bundle.getCertificatePathPEM() + this.bundle.getPrivateKeyPEM());
	}

	/** The certificate without its key. */
	public String pem() {
		return this.bundle.getCertificatePathPEM();
	}

	TrustManagerFactory trustManagers() {
		try {
			return this.bundle.toTrustManagerFactory();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	PrivateKey key() {
		return this.bundle.getKeyPair().getPrivate();
	}

	X509Certificate certificate() {
		return this.bundle.getCertificate();
	}

	KeyManagerFactory keyManagers() {
		try {
			return this.bundle.toKeyManagerFactory();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
