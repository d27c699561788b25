package dev.connpool.metrics;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.connpool.listener.ConnectionInfo;
import dev.connpool.listener.ConnectionListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Meters about the connections and streams of all clients. Told what connections do, it
 * records times and counts; numbers of the moment are looked up when they are read. What
 * happens before it is {@link #bindTo bound} to a registry is not recorded.
 */
public final class ConnPoolMetrics implements MeterBinder, ConnectionListener {

	private final Supplier<Stream<MeteredClient>> clients;

	private volatile RegistryMeters[] bound = {};

	/**
	 * Create the meters.
	 * @param clients the clients, asked for when there is a registry
	 */
	public ConnPoolMetrics(Supplier<Stream<MeteredClient>> clients) {
		this.clients = clients;
	}

	@Override
	public synchronized void bindTo(MeterRegistry registry) {
		RegistryMeters[] old = this.bound;
		if (Arrays.stream(old).noneMatch((meters) -> meters.registry == registry)) {
			RegistryMeters[] more = Arrays.copyOf(old, old.length + 1);
			more[old.length] = new RegistryMeters(registry, this.clients.get());
			this.bound = more;
		}
	}

	@Override
	public void opened(ConnectionInfo connection, Duration took) {
		each(connection, (host) -> host.opened(connection.protocol(), took));
	}

	@Override
	public void acquired(ConnectionInfo connection, Duration waited, boolean reused) {
		// The only event of every exchange.
		for (RegistryMeters meters : this.bound) {
			HostMeters host = meters.host(connection.client(), connection.host());
			if (host != null) {
				host.acquired(connection.protocol(), waited);
			}
		}
	}

	@Override
	public void closed(ConnectionInfo connection, String reason, Duration age) {
		each(connection, (host) -> host.closed(connection.protocol(), reason, age));
	}

	@Override
	public void failed(String client, String host, String reason) {
		each(client, host, (failing) -> {
			failing.speaks(null);
			failing.closed(reason);
		});
	}

	@Override
	public void replayed(String client, String host, String reason, String outcome) {
		each(client, host, (replaying) -> replaying.replayed(reason, outcome));
	}

	@Override
	public void leaked(ConnectionInfo connection) {
		each(connection, HostMeters::leaked);
	}

	@Override
	public void streamClosed(ConnectionInfo connection, @Nullable String reset) {
		if (reset != null) {
			each(connection, (host) -> host.reset(reset));
		}
	}

	@Override
	public void goAwayReceived(ConnectionInfo connection, String error) {
		each(connection, (host) -> host.goAway(error));
	}

	@Override
	public void pingAcknowledged(ConnectionInfo connection, Duration roundTrip) {
		each(connection, (host) -> host.ping(connection.protocol(), roundTrip));
	}

	private void each(ConnectionInfo connection, Consumer<HostMeters> event) {
		each(connection.client(), connection.host(), event);
	}

	private void each(String client, String host, Consumer<HostMeters> event) {
		for (RegistryMeters meters : this.bound) {
			HostMeters known = meters.host(client, host);
			if (known != null) {
				event.accept(known);
			}
		}
	}

	/**
	 * The meters of all clients in one registry.
	 */
	private static final class RegistryMeters {

		private final MeterRegistry registry;

		private final Map<String, ClientMeters> clients;

		RegistryMeters(MeterRegistry registry, Stream<MeteredClient> clients) {
			this.registry = registry;
			this.clients = clients.collect(
					Collectors.toUnmodifiableMap(MeteredClient::name, (client) -> new ClientMeters(registry, client)));
			this.clients.values().forEach(ClientMeters::reconcile);
		}

		@Nullable HostMeters host(String client, String host) {
			ClientMeters meters = this.clients.get(client);
			return (meters != null) ? meters.host(host) : null;
		}

	}

}
