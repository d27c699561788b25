package dev.connpool.settings;

import java.time.Duration;

/**
 * How many connections a client may hold and how long it keeps them. The names in
 * brackets are those of Go's {@code net/http.Transport}, whose meaning they have.
 *
 * @param maxConnectionsPerHost most connections to one host, counting those being opened,
 * in use and idle; 0 for no limit ({@code MaxConnsPerHost})
 * @param maxIdleConnectionsPerHost most idle connections kept to one host
 * ({@code MaxIdleConnsPerHost})
 * @param maxIdleConnections most idle connections kept to all hosts together
 * ({@code MaxIdleConns})
 * @param idleTimeout how long an idle connection is kept; zero for ever
 * ({@code IdleConnTimeout})
 * @param maxLifetime how long a connection is used before it is retired; zero for ever
 * @param maxLifetimeJitter share of {@code maxLifetime}, from 0 to 1, by which it is
 * randomly shortened so that connections opened together do not retire together
 * @param maxPendingAcquires most callers that may wait for a connection to one host; 0 to
 * refuse instead of waiting
 * @param keepAlive whether a connection is used for more than one exchange
 * ({@code DisableKeepAlives}, inverted)
 */
public record PoolSettings(int maxConnectionsPerHost, int maxIdleConnectionsPerHost, int maxIdleConnections,
		Duration idleTimeout, Duration maxLifetime, double maxLifetimeJitter, int maxPendingAcquires,
		boolean keepAlive) {

	/**
	 * What a client gets when nothing is configured.
	 */
	public static final PoolSettings DEFAULTS = new PoolSettings(100, 100, 1000, Duration.ofSeconds(90), Duration.ZERO,
			0.1, 1000, true);

	private static final String KEEP_NONE = "; to keep no idle connection set 'pool.keep-alive' to 'false'";

	public PoolSettings {
		Require.atLeast("pool.max-connections-per-host", maxConnectionsPerHost, 0, "; 0 means no limit");
		Require.atLeast("pool.max-idle-connections-per-host", maxIdleConnectionsPerHost, 1, KEEP_NONE);
		Require.atLeast("pool.max-idle-connections", maxIdleConnections, 1, KEEP_NONE);
		Require.zeroOrPositive("pool.idle-timeout", idleTimeout);
		Require.zeroOrPositive("pool.max-lifetime", maxLifetime);
		if (!(maxLifetimeJitter >= 0 && maxLifetimeJitter <= 1)) {
			throw new InvalidSettingException("pool.max-lifetime-jitter", maxLifetimeJitter,
					"must be from 0 to 1, a share of 'pool.max-lifetime'");
		}
		Require.atLeast("pool.max-pending-acquires", maxPendingAcquires, 0, "; 0 refuses instead of waiting");
	}

}
