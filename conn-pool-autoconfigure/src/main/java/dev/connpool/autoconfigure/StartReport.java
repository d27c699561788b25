package dev.connpool.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.stream.Collectors;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Durations;
import dev.connpool.settings.IdleTimeout;
import dev.connpool.settings.PoolSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.Shown;
import dev.connpool.settings.TimeoutSettings;
import dev.connpool.settings.Transport;
import dev.connpool.web.ClientTransport;
import org.jspecify.annotations.Nullable;

/**
 * The line that a client logs when it starts.
 *
 * @param name the client name
 * @param settings its settings
 * @param transport its transport
 */
record StartReport(String name, ClientSettings settings, ClientTransport transport) {

	@Override
	public String toString() {
		return "Client '%s'%s: %s; %s; %s; %s".formatted(this.name, target(this.settings.baseUrl()), protocols(),
				text(this.transport), limits(this.settings.pool()), deadlines(this.settings.timeouts()));
	}

	private String protocols() {
		return this.settings.protocols().stream().map(Protocol::id).collect(Collectors.joining(", ", "protocols ", ""));
	}

	private static String text(ClientTransport transport) {
		return (transport.used() == Transport.DIRECT) ? "transport direct"
				: "transport %s (%s)".formatted(transport.used(), transport.reason());
	}

	private static String target(@Nullable URI baseUrl) {
		if (baseUrl == null) {
			return "";
		}
		return " for " + Shown.value(baseUrl);
	}

	private static String limits(PoolSettings pool) {
		String connections = (pool.maxConnectionsPerHost() != 0) ? "at most " + pool.maxConnectionsPerHost()
				: "any number of";
		String idle = pool.keepAlive() ? "%d of them idle (%d over all hosts, each for %s)"
			.formatted(pool.maxIdleConnectionsPerHost(), pool.maxIdleConnections(), text(pool.idleTimeout()))
				: "none kept alive";
		String minimum = (pool.minIdleConnections() != 0)
				? "%d opened beforehand, ".formatted(pool.minIdleConnections()) : "";
		return "%s connections per host, %s, %s%d callers waiting".formatted(connections, idle, minimum,
				pool.maxPendingAcquires());
	}

	private static String text(IdleTimeout timeout) {
		return timeout.auto() ? "as long as the server keeps it" : text(timeout.longest(), "ever");
	}

	private static String deadlines(TimeoutSettings timeouts) {
		return "deadlines connect %s, tls-handshake %s, acquire %s, response-header %s, request %s, stream-idle %s"
			.formatted(text(timeouts.connect()), text(timeouts.tlsHandshake()), text(timeouts.acquire()),
					text(timeouts.responseHeader()), text(timeouts.request()), text(timeouts.streamIdle()));
	}

	private static String text(Duration duration) {
		return text(duration, "none");
	}

	private static String text(Duration duration, String zero) {
		if (duration.isZero()) {
			return zero;
		}
		return Durations.property(duration);
	}

}
