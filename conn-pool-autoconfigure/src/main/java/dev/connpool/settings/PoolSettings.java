package dev.connpool.settings;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How many connections a client may hold and how long it keeps them. The names in
 * brackets are those of Go's {@code net/http.Transport}, whose meaning they have.
 *
 * @param maxConnectionsPerHost most connections to one host, counting those being opened,
 * in use and idle; 0 for no limit ({@code MaxConnsPerHost})
 * @param maxIdleConnections most idle connections kept to all hosts together
 * ({@code MaxIdleConns})
 * @param maxIdleConnectionsPerHost most idle connections kept to one host
 * ({@code MaxIdleConnsPerHost})
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
public record PoolSettings(int maxConnectionsPerHost, int maxIdleConnections, int maxIdleConnectionsPerHost,
		int minIdleConnections, IdleTimeout idleTimeout, Duration maxLifetime, double maxLifetimeJitter,
		int maxPendingAcquires, boolean keepAlive) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final PoolSettings DEFAULTS = new PoolSettings(100, 1000, 100, 0, IdleTimeout.of(Duration.ofSeconds(90)),
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

	/**
	 * Change settings, all at once because some of them depend on each other.
	 * @param changes makes the changes
	 * @return the changed settings
	 */
	public PoolSettings with(Consumer<Builder> changes) {
		Builder builder = new Builder(this);
		changes.accept(builder);
		return builder.build();
	}

	/**
	 * Settings while they are changed.
	 */
	public static final class Builder {

		private int maxConnectionsPerHost;

		private int maxIdleConnections;

		private int maxIdleConnectionsPerHost;

		private int minIdleConnections;

		private IdleTimeout idleTimeout;

		private Duration maxLifetime;

		private double maxLifetimeJitter;

		private int maxPendingAcquires;

		private boolean keepAlive;

		private Builder(PoolSettings from) {
			this.maxConnectionsPerHost = from.maxConnectionsPerHost;
			this.maxIdleConnections = from.maxIdleConnections;
			this.maxIdleConnectionsPerHost = from.maxIdleConnectionsPerHost;
			this.minIdleConnections = from.minIdleConnections;
			this.idleTimeout = from.idleTimeout;
			this.maxLifetime = from.maxLifetime;
			this.maxLifetimeJitter = from.maxLifetimeJitter;
			this.maxPendingAcquires = from.maxPendingAcquires;
			this.keepAlive = from.keepAlive;
		}

		public Builder maxConnectionsPerHost(int maxConnectionsPerHost) {
			this.maxConnectionsPerHost = maxConnectionsPerHost;
			return this;
		}

		public Builder maxIdleConnections(int maxIdleConnections) {
			this.maxIdleConnections = maxIdleConnections;
			return this;
		}

		public Builder maxIdleConnectionsPerHost(int maxIdleConnectionsPerHost) {
			this.maxIdleConnectionsPerHost = maxIdleConnectionsPerHost;
			return this;
		}

		public Builder minIdleConnections(int minIdleConnections) {
			this.minIdleConnections = minIdleConnections;
			return this;
		}

		public Builder idleTimeout(IdleTimeout idleTimeout) {
			this.idleTimeout = idleTimeout;
			return this;
		}

		public Builder maxLifetime(Duration maxLifetime) {
			this.maxLifetime = maxLifetime;
			return this;
		}

		public Builder maxLifetimeJitter(double maxLifetimeJitter) {
			this.maxLifetimeJitter = maxLifetimeJitter;
			return this;
		}

		public Builder maxPendingAcquires(int maxPendingAcquires) {
			this.maxPendingAcquires = maxPendingAcquires;
			return this;
		}

		public Builder keepAlive(boolean keepAlive) {
			this.keepAlive = keepAlive;
			return this;
		}

		private PoolSettings build() {
			return new PoolSettings(this.maxConnectionsPerHost, this.maxIdleConnections, this.maxIdleConnectionsPerHost,
					this.minIdleConnections, this.idleTimeout, this.maxLifetime, this.maxLifetimeJitter,
					this.maxPendingAcquires, this.keepAlive);
		}

	}

}
