package dev.connpool.pool.reactor;

import java.net.InetSocketAddress;

import dev.connpool.settings.ClientSettings;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * Tells requests whose URI names no host, where nothing else does either.
 */
public final class MissingHost {

	/** Where Reactor Netty sends them. Known by identity: somebody may mean it. */
	static final InetSocketAddress ADDRESS = InetSocketAddress.createUnresolved(NetUtil.LOCALHOST.getHostAddress(), 80);

	private MissingHost() {
	}

	/**
	 * Say what is missing.
	 * @param client the client name
	 * @param uri what was asked for
	 * @return an exception
	 */
	public static IllegalArgumentException error(String client, @Nullable String uri) {
		return new IllegalArgumentException(
				"Client '%s': the URI '%s' names no host. Set '%s', or request a URI with a host.".formatted(client,
						path(uri), ClientSettings.property(client, "base-url")));
	}

	private static String path(@Nullable String uri) {
		return (uri != null && uri.startsWith("/")) ? uri.split("[?#]", 2)[0] : "/";
	}

}
