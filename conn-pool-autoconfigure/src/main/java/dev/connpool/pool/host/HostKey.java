package dev.connpool.pool.host;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * Which connections are alike: those to the same host, secured and configured in the same
 * way.
 *
 * @param secure whether TLS is used
 * @param address the address, not yet resolved
 * @param shape tells apart what is configured in different ways
 * @param settings the generation of the settings
 * @param tls the TLS context, or {@code null} if it is never reloaded
 * @param loaded the generation of the TLS context
 */
public record HostKey(boolean secure, SocketAddress address, int shape, int settings,
		@Nullable ReloadableSslContext tls, int loaded) {

	public static HostKey of(ConnectionSpec spec, SocketAddress address, int settings) {
		ReloadableSslContext tls = spec.tls();
		return new HostKey(spec.isSecure(), address, spec.shape(), settings, tls, (tls != null) ? tls.generation() : 1);
	}

	/**
	 * Return whether new requests use these connections.
	 * @param generation the generation of the settings that are in force
	 * @return whether neither the settings nor the TLS context were replaced
	 */
	public boolean isCurrent(int generation) {
		return this.settings == generation && (this.tls == null || this.tls.generation() == this.loaded);
	}

	/**
	 * Return which generation of connections this is, whatever was replaced.
	 * @return the generation, from 1
	 */
	public int generation() {
		return this.settings + this.loaded - 1;
	}

	String origin() {
		if (!(this.address instanceof InetSocketAddress inet)) {
			return this.address.toString();
		}
		String host = inet.getHostString();
		return "%s://%s:%d".formatted(this.secure ? "https" : "http", (host.indexOf(':') < 0) ? host : "[" + host + "]",
				inet.getPort());
	}

}
