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
 * @param minIdleConnections connections to a configured host that are opened beforehand
 * and kept although they are idle; one for HTTP/2 if there are any
 * @param idleTimeout how long an idle connection is kept ({@code IdleConnTimeout})
 * @param maxLifetime how long a connection is used before it is retired; zero for ever
 * @param maxLifetimeJitter share of {@code maxLifetime}, from 0 to 1, by which it is
 * randomly shortened so that connections opened together do not retire together
 * @param maxPendingAcquires most callers that may wait for a connection to one host; 0 to
 * refuse instead of waiting
 * @param keepAlive whether a connection is used for more than one exchange
 * ({@code DisableKeepAlives}, inverted)
 */
public record PoolSettings(int maxConnectionsPerHost, int maxIdleConnectionsPerHost, int maxIdleConnections,
		int minIdleConnections, IdleTimeout idleTimeout, Duration maxLifetime, double maxLifetimeJitter,
		int maxPendingAcquires, boolean keepAlive) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final PoolSettings DEFAULTS = new PoolSettings(100, 100, 1000, 0, IdleTimeout.of(Duration.ofSeconds(90)),
			Duration.ZERO, 0.1, 1000, true);

	private static final String KEEP_NONE = "; to keep no idle connection set 'pool.keep-alive' to 'false'";

	public PoolSettings {
		Require.atLeast("pool.max-connections-per-host", maxConnectionsPerHost, 0, "; 0 means no limit");
		Require.atLeast("pool.max-idle-connections-per-host", maxIdleConnectionsPerHost, 1, KEEP_NONE);
		Require.atLeast("pool.max-idle-connections", maxIdleConnections, 1, KEEP_NONE);
		Require.atLeast("pool.min-idle-connections", minIdleConnections, 0, "");
		checkMinimum(minIdleConnections, maxConnectionsPerHost, "pool.max-connections-per-host");
		checkMinimum(minIdleConnections, maxIdleConnectionsPerHost, "pool.max-idle-connections-per-host");
		checkMinimum(minIdleConnections, maxIdleConnections, "pool.max-idle-connections");
		if (minIdleConnections > 0 && !keepAlive) {
			throw new InvalidSettingException("pool.min-idle-connections", minIdleConnections,
					"must be 0 because 'pool.keep-alive' is 'false': no connection is kept");
		}
		Require.zeroOrPositive("pool.idle-timeout", idleTimeout.longest());
		Require.zeroOrPositive("pool.max-lifetime", maxLifetime);
		if (!(maxLifetimeJitter >= 0 && maxLifetimeJitter <= 1)) {
			throw new InvalidSettingException("pool.max-lifetime-jitter", maxLifetimeJitter,
					"must be from 0 to 1, a share of 'pool.max-lifetime'");
		}
		Require.atLeast("pool.max-pending-acquires", maxPendingAcquires, 0, "; 0 refuses instead of waiting");
	}

	private static void checkMinimum(int minimum, int limit, String setting) {
		if (limit > 0 && minimum > limit) {
			throw new InvalidSettingException("pool.min-idle-connections", minimum,
					"must be at most '%s', which is %d".formatted(setting, limit));
		}
	}

}
