package dev.connpool.sample.lab;

import java.util.List;
import java.util.function.Consumer;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.PoolSettings;
import dev.connpool.settings.Protocol;

/**
 * The starter's defaults, each with the one setting changed that a lab is about.
 */
final class LabSettings {

	static final ClientSettings HTTP_2 = ClientSettings.DEFAULTS;

	static final ClientSettings HTTP_2_STRICT = HTTP_2
		.with((client) -> client.http2(HTTP_2.http2().with((http2) -> http2.strictMaxConcurrentStreams(true))));

	static final ClientSettings HTTP_1_1 = HTTP_2.with((client) -> client.protocols(List.of(Protocol.HTTP_1_1)));

	static final ClientSettings HTTP_1_1_LIMIT_8 = http1((pool) -> pool.maxConnectionsPerHost(8));

	static final ClientSettings HTTP_1_1_NO_KEEP_ALIVE = http1((pool) -> pool.keepAlive(false));

	private LabSettings() {
	}

	private static ClientSettings http1(Consumer<PoolSettings.Builder> changes) {
		return HTTP_1_1.with((client) -> client.pool(HTTP_1_1.pool().with(changes)));
	}

}
