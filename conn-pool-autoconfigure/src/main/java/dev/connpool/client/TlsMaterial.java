package dev.connpool.client;

import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

import org.jspecify.annotations.Nullable;

/**
 * What a client proves and trusts in TLS.
 *
 * @param keyManagers the client's own keys, or {@code null} for none
 * @param trustManagers the certificates to trust, or {@code null} for the JDK's
 * @param ciphers the cipher suites to offer, or {@code null} for the default
 * @param versions the TLS versions to offer, or {@code null} for the default
 */
public record TlsMaterial(@Nullable KeyManagerFactory keyManagers, @Nullable TrustManagerFactory trustManagers,
		@Nullable List<String> ciphers, @Nullable List<String> versions) {

	/**
	 * No keys and the JDK's trust store.
	 */
	public static final TlsMaterial DEFAULT = new TlsMaterial(null, null, null, null);

}
