package dev.connpool.client;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

import dev.connpool.settings.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
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

	/**
	 * Return whether anything differs from {@link #DEFAULT}.
	 * @return whether somebody chose keys, trust, ciphers or versions
	 */
	boolean isChosen() {
		return Stream.of(this.keyManagers, this.trustManagers, this.ciphers, this.versions).anyMatch(Objects::nonNull);
	}

	/**
	 * Build the TLS context that offers the given protocols by ALPN (RFC 7301).
	 * @param protocols the protocols, in the order of preference
	 * @return a new context
	 * @throws IllegalArgumentException if the material cannot be used
	 */
	SslContext sslContext(List<Protocol> protocols) {
		SslContextBuilder builder = SslContextBuilder.forClient()
			.keyManager(this.keyManagers)
			.trustManager(this.trustManagers)
			.ciphers(this.ciphers)
			.protocols(this.versions);
		List<String> offered = protocols.stream()
			.filter((protocol) -> protocol.isSpokenOver(true))
			.map(Protocol::id)
			.toList();
		if (!offered.isEmpty()) {
			builder.applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
					SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, offered));
		}
		try {
			return builder.build();
		}
		catch (SSLException ex) {
			throw new IllegalArgumentException("The TLS material cannot be used: " + ex.getMessage(), ex);
		}
	}

}
