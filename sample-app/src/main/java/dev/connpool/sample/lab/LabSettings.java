package dev.connpool.sample.lab;

import java.util.List;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Http2Settings;
import dev.connpool.settings.PoolSettings;
import dev.connpool.settings.Protocol;

/**
 * The starter's defaults, each with the one setting changed that a lab is about.
 */
final class LabSettings {

	static final ClientSettings HTTP_2 = ClientSettings.DEFAULTS;

	static final ClientSettings HTTP_2_STRICT = http2Strict();

	static final ClientSettings HTTP_1_1 = http1(ClientSettings.DEFAULTS.pool());

	static final ClientSettings HTTP_1_1_LIMIT_8 = http1(pool(8, true));

	static final ClientSettings HTTP_1_1_NO_KEEP_ALIVE = http1(
			pool(ClientSettings.DEFAULTS.pool().maxConnectionsPerHost(), false));

	private LabSettings() {
	}

	private static ClientSettings http1(PoolSettings pool) {
		return with(List.of(Protocol.HTTP_1_1), pool, ClientSettings.DEFAULTS.http2());
	}

	private static ClientSettings http2Strict() {
		Http2Settings base = ClientSettings.DEFAULTS.http2();
		return with(ClientSettings.DEFAULTS.protocols(), ClientSettings.DEFAULTS.pool(),
				new Http2Settings(true, base.maxConcurrentStreams(), base.initialWindowSize(),
						base.connectionWindowSize(), base.maxHeaderListSize(), base.headerTableSize(),
						base.pingInterval(), base.pingTimeout(), base.spreadAddresses()));
	}

	private static PoolSettings pool(int maxConnectionsPerHost, boolean keepAlive) {
		PoolSettings base = ClientSettings.DEFAULTS.pool();
		return new PoolSettings(maxConnectionsPerHost, base.maxIdleConnectionsPerHost(), base.maxIdleConnections(),
				base.minIdleConnections(), base.idleTimeout(), base.maxLifetime(), base.maxLifetimeJitter(),
				base.maxPendingAcquires(), keepAlive);
	}

	private static ClientSettings with(List<Protocol> protocols, PoolSettings pool, Http2Settings http2) {
		ClientSettings base = ClientSettings.DEFAULTS;
		return new ClientSettings(base.baseUrl(), protocols, pool, base.timeouts(), base.tcp(), http2, base.drain(),
				base.replay(), base.dns(), base.proxy(), base.compression(), base.maxResponseHeaderSize(),
				base.sslBundle(), base.logExchanges(), base.leaks(), base.findings(), base.hosts());
	}

}
