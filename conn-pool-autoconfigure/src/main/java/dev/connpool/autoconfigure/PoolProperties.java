package dev.connpool.autoconfigure;

import java.time.Duration;

import dev.connpool.settings.PoolSettings;
import org.jspecify.annotations.Nullable;

/**
 * What can be written about connection limits.
 *
 * @param maxConnectionsPerHost Maximum number of connections to one host, counting those
 * being opened, in use and idle. 0 means no limit.
 * @param maxIdleConnections Maximum number of idle connections kept to all hosts
 * together. Cannot be set for a single host.
 * @param maxIdleConnectionsPerHost Maximum number of idle connections kept to one host.
 * @param idleTimeout Time an idle connection is kept. 0 keeps it for ever.
 * @param maxLifetime Time a connection is used before it is retired. 0 uses it for ever.
 * @param maxLifetimeJitter Share of the maximum lifetime, from 0 to 1, by which it is
 * randomly shortened so that connections opened together do not retire together.
 * @param maxPendingAcquires Maximum number of callers that wait for a connection to one
 * host. 0 refuses instead of waiting.
 * @param keepAlive Whether to use a connection for more than one exchange.
 */
record PoolProperties(@Nullable Integer maxConnectionsPerHost, @Nullable Integer maxIdleConnections,
		@Nullable Integer maxIdleConnectionsPerHost, @Nullable Duration idleTimeout, @Nullable Duration maxLifetime,
		@Nullable Double maxLifetimeJitter, @Nullable Integer maxPendingAcquires, @Nullable Boolean keepAlive) {

	PoolSettings over(PoolSettings base) {
		return new PoolSettings(Absent.or(this.maxConnectionsPerHost, base.maxConnectionsPerHost()),
				Absent.or(this.maxIdleConnectionsPerHost, base.maxIdleConnectionsPerHost()),
				Absent.or(this.maxIdleConnections, base.maxIdleConnections()),
				Absent.or(this.idleTimeout, base.idleTimeout()), Absent.or(this.maxLifetime, base.maxLifetime()),
				Absent.or(this.maxLifetimeJitter, base.maxLifetimeJitter()),
				Absent.or(this.maxPendingAcquires, base.maxPendingAcquires()),
				Absent.or(this.keepAlive, base.keepAlive()));
	}

}
