package dev.connpool.pool.host;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import dev.connpool.listener.ConnectionInfo;
import dev.connpool.listener.ConnectionListener;
import dev.connpool.listener.ConnectionListeners;
import dev.connpool.pool.memory.ClientMemory;
import dev.connpool.pool.memory.HostMemory;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.EndpointSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.HostEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link HostEvents}.
 */
class HostEventsTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final HostMemory memory = new ClientMemory(new EndpointSettings(HOUR, 200)).of("http://localhost:80");

	@Test
	void aGoAwayNamesItsConnectionAlthoughNobodyListens() {
		HostEvents events = events(ConnectionListeners.NONE);
		ConnectionInfo connection = open(events);
		events.goAwayReceived(connection, "NO_ERROR");
		assertThat(Objects.requireNonNull(this.memory.history(HOUR)).events())
			.extracting(HostEvent::kind, HostEvent::connection, HostEvent::reason)
			.containsExactly(tuple("opened", "6f1c2a9e", "h2"), tuple("goaway", "6f1c2a9e", "NO_ERROR"));
	}

	@Test
	void listenersAreToldOfAGoAway() {
		List<String> told = new ArrayList<>();
		HostEvents events = events(new ConnectionListeners(List.of(new ConnectionListener() {

			@Override
			public void goAwayReceived(ConnectionInfo connection, String error) {
				told.add(connection.id() + " " + error);
			}

		})));
		events.goAwayReceived(open(events), "NO_ERROR");
		assertThat(told).containsExactly("6f1c2a9e NO_ERROR");
	}

	private HostEvents events(ConnectionListeners listeners) {
		HostKey key = new HostKey(false, InetSocketAddress.createUnresolved("localhost", 80), 0, 1, null, 1);
		Host host = Host.of("test", key, ClientSettings.DEFAULTS, null);
		return new HostEvents(host, listeners, new RecentlyClosed(), this.memory);
	}

	private static @Nullable ConnectionInfo open(HostEvents events) {
		return events.opened("6f1c2a9e", Protocol.H2, false, Duration.ZERO);
	}

}
