package dev.connpool.autoconfigure.binding;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.connpool.settings.IdleTimeout;
import dev.connpool.settings.InvalidSettingException;
import dev.connpool.settings.PoolSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;

/**
 * What can be written about connection limits.
 *
 * @param maxConnectionsPerHost Maximum number of connections to one host, counting those
 * being opened, in use and idle. 0 means no limit.
 * @param maxIdleConnections Maximum number of idle connections kept to all hosts
 * together. Cannot be set for a single host.
 * @param maxIdleConnectionsPerHost Maximum number of idle connections kept to one host.
 * @param minIdleConnections Number of connections to a configured host that are opened
 * before the application is ready and kept although they are idle. One is enough for
 * HTTP/2.
 * @param idleTimeout Time an idle connection is kept. 0 keeps it for ever, 'auto' learns
 * how long the server keeps it.
 * @param maxLifetime Time a connection is used before it is retired. 0 uses it for ever.
 * @param maxLifetimeJitter Share of the maximum lifetime, from 0 to 1, by which it is
 * randomly shortened so that connections opened together do not retire together.
 * @param maxPendingAcquires Maximum number of callers that wait for a connection to one
 * host. 0 refuses instead of waiting.
 * @param keepAlive Whether to use a connection for more than one exchange.
 */
record PoolProperties(@Nullable Integer maxConnectionsPerHost, @Nullable Integer maxIdleConnections,
		@Nullable Integer maxIdleConnectionsPerHost, @Nullable Integer minIdleConnections, @Nullable String idleTimeout,
		@Nullable Duration maxLifetime, @Nullable Double maxLifetimeJitter, @Nullable Integer maxPendingAcquires,
		@Nullable Boolean keepAlive) {

	private static final String AUTO = "auto";

	PoolSettings over(PoolSettings base) {
		return base.with((pool) -> pool
			.maxConnectionsPerHost(Absent.or(this.maxConnectionsPerHost, base.maxConnectionsPerHost()))
			.maxIdleConnections(Absent.or(this.maxIdleConnections, base.maxIdleConnections()))
			.maxIdleConnectionsPerHost(Absent.or(this.maxIdleConnectionsPerHost, base.maxIdleConnectionsPerHost()))
			.minIdleConnections(Absent.or(this.minIdleConnections, base.minIdleConnections()))
			.idleTimeout(Absent.or(idleTimeout(this.idleTimeout), base.idleTimeout()))
			.maxLifetime(Absent.or(this.maxLifetime, base.maxLifetime()))
			.maxLifetimeJitter(Absent.or(this.maxLifetimeJitter, base.maxLifetimeJitter()))
			.maxPendingAcquires(Absent.or(this.maxPendingAcquires, base.maxPendingAcquires()))
			.keepAlive(Absent.or(this.keepAlive, base.keepAlive())));
	}

	private static @Nullable IdleTimeout idleTimeout(@Nullable String value) {
		if (value == null || value.isBlank()) {
			return null;
		}
		if (value.strip().equalsIgnoreCase(AUTO)) {
			return IdleTimeout.AUTO;
		}
		try {
			return IdleTimeout.of(DurationStyle.detectAndParse(value.strip()));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSettingException("pool.idle-timeout", value,
					"must be a duration, as in '60s', or '%s'".formatted(AUTO));
		}
	}

	/**
	 * Return what is written.
	 * @return the values, by name; {@code null} for what is not written
	 */
	Map<String, @Nullable Object> values() {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		values.put("max-connections-per-host", this.maxConnectionsPerHost);
		values.put("max-idle-connections", this.maxIdleConnections);
		values.put("max-idle-connections-per-host", this.maxIdleConnectionsPerHost);
		values.put("min-idle-connections", this.minIdleConnections);
		values.put("idle-timeout", this.idleTimeout);
		values.put("max-lifetime", this.maxLifetime);
		values.put("max-lifetime-jitter", this.maxLifetimeJitter);
		values.put("max-pending-acquires", this.maxPendingAcquires);
		values.put("keep-alive", this.keepAlive);
		return values;
	}

}
