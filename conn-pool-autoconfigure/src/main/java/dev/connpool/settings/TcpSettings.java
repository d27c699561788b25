package dev.connpool.settings;

import java.time.Duration;

/**
 * The options of a client's sockets.
 *
 * @param keepAlive whether TCP keep-alive probes are sent ({@code SO_KEEPALIVE})
 * @param keepAliveIdle silence before the first probe, in whole seconds
 * ({@code TCP_KEEPIDLE})
 * @param noDelay whether small writes are sent at once ({@code TCP_NODELAY})
 */
public record TcpSettings(boolean keepAlive, Duration keepAliveIdle, boolean noDelay) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final TcpSettings DEFAULTS = new TcpSettings(true, Duration.ofSeconds(30), true);

	public TcpSettings {
		Require.zeroOrPositive("tcp.keep-alive-idle", keepAliveIdle);
		if (keepAliveIdle.toSeconds() < 1 || keepAliveIdle.toNanosPart() != 0) {
			throw new InvalidSettingException("tcp.keep-alive-idle", keepAliveIdle,
					"must be a whole number of seconds, at least one");
		}
	}

}
